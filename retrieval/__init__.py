"""Finding: lexical and dense index over clauses and past cases, fusion, evidence, answers word for word."""
