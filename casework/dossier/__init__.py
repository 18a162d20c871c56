"""卷宗: the file of one case as one document: what was known when, who decided, and the proof that nothing was changed since."""
