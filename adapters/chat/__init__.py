"""Chat platforms; each implements `casework.chat.StaffChat`."""
