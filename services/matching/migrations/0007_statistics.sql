-- How departments answered when they were asked, and how long cases took: codes and days alone, built from the log.

CREATE TABLE matching_case_statistics (
    case_id     uuid    NOT NULL PRIMARY KEY,
    opened_on   date    NOT NULL,
    decided_on  date,
    answered_on date,
    lead_offers integer NOT NULL DEFAULT 0,
    silences    integer NOT NULL DEFAULT 0
);
COMMENT ON COLUMN matching_case_statistics.decided_on IS 'the first decision, as answered_on is the first answer';
COMMENT ON COLUMN matching_case_statistics.lead_offers IS 'how often a department was asked to lead';
CREATE INDEX ON matching_case_statistics (opened_on);

CREATE TABLE matching_offer_statistics (
    offer_id    uuid    NOT NULL PRIMARY KEY,
    case_id     uuid    NOT NULL,
    event_id    uuid    NOT NULL UNIQUE,
    deadline_id uuid    UNIQUE,
    department  text    NOT NULL,
    standing    text    NOT NULL,
    is_awaited  boolean NOT NULL DEFAULT true,
    offered_on  date    NOT NULL,
    due_on      date,
    answered_on date
);
COMMENT ON COLUMN matching_offer_statistics.event_id IS 'of the offer: its deadline names it as its cause';
COMMENT ON COLUMN matching_offer_statistics.standing IS 'taken stays so where the case was taken back later';
COMMENT ON COLUMN matching_offer_statistics.is_awaited IS
    'whether an answer is waited for: not once it came, the asking was withdrawn, or its case decided or withdrawn';
COMMENT ON COLUMN matching_offer_statistics.due_on IS 'the target as it is counted now; none where it was dropped';
CREATE INDEX ON matching_offer_statistics (offered_on);
CREATE INDEX ON matching_offer_statistics (case_id);
