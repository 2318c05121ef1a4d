-- What was said in the support lane is read by the partner too, and that is recorded like every reading of it.
ALTER TABLE disclosures DROP CONSTRAINT disclosures_capacity_check;
ALTER TABLE disclosures ADD CONSTRAINT disclosures_capacity_check CHECK (capacity IN ('partner', 'appraiser', 'headteacher', 'hr'));
