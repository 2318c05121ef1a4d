-- What was said in the support lane is read by the partner too, and that is recorded like every reading of it.
ALTER TABLE disclosures DROP CONSTRAINT disclosures_capacity_check;
ALTER TABLE disclosures ADD CONSTRAINT disclosures_capacity_check CHECK (capacity IN ('partner', 'appraiser', 'headteacher', 'hr'));

-- Each of a panel notes for themself what they think of on the partner's side: one sheet for each person, and no longer one for each side.
ALTER TABLE conversation_notes DROP CONSTRAINT conversation_notes_tenant_id_conversation_id_side_key;
CREATE INDEX conversation_notes_conversation ON conversation_notes (tenant_id, conversation_id, side);
