"""Where the settings lie, without importing what reads them."""

SETTINGS_FILE = "wensheng.toml"
