-- What was set in spite of somebody's dissent and then revised keeps the dissent with the words that it was against.
ALTER TABLE objective_revisions ADD COLUMN dissent TEXT;
