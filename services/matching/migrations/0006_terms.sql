-- The words of proposals by the department that leads their case, and how many cases have each: what is asked when
-- departments are suggested. Opened text: a row ends with the key it was opened with, and is counted no more.

CREATE TABLE matching_terms (
    case_id    uuid   NOT NULL PRIMARY KEY,
    key_id     uuid   NOT NULL REFERENCES data_keys_intake (id) ON DELETE CASCADE,
    department text   NOT NULL,
    terms      text[] NOT NULL
);
COMMENT ON COLUMN matching_terms.department IS 'by the code under which it took the case';
COMMENT ON COLUMN matching_terms.terms IS 'each word once, in normalised form';
CREATE INDEX ON matching_terms (key_id);

CREATE TABLE matching_term_counts (
    term       text   NOT NULL,
    department text   NOT NULL,
    cases      bigint NOT NULL,
    PRIMARY KEY (term, department)
);
COMMENT ON COLUMN matching_term_counts.term IS 'a word; the empty one counts all cases of the department';

-- Counted by statement: a rebuild, which empties the table, would otherwise count each row alone.
--
-- Whoever destroys a key has no rights here: what ends with it is counted down with those of the tables' owner. One
-- erasure after the other, since each destroys several keys and their words overlap: row by row they could wait for
-- each other in a circle.
CREATE FUNCTION matching_count_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO matching_term_counts (term, department, cases)
    SELECT term, department, count(*) FROM added, unnest(array_prepend('', terms)) term GROUP BY term, department ORDER BY term, department
    ON CONFLICT (term, department) DO UPDATE SET cases = matching_term_counts.cases + excluded.cases;
    RETURN NULL;
END
$$;
CREATE FUNCTION matching_uncount_terms() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM removed) THEN
        RETURN NULL;
    END IF;
    LOCK TABLE matching_term_counts IN SHARE ROW EXCLUSIVE MODE;
    UPDATE matching_term_counts counted SET cases = counted.cases - gone.cases
      FROM (SELECT term, department, count(*) AS cases FROM removed, unnest(array_prepend('', terms)) term GROUP BY 1, 2) gone
     WHERE counted.term = gone.term AND counted.department = gone.department;
    DELETE FROM matching_term_counts counted USING removed
     WHERE counted.department = removed.department AND counted.term = ANY (array_prepend('', removed.terms)) AND counted.cases = 0;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION matching_uncount_terms() FROM PUBLIC;
CREATE TRIGGER count_terms AFTER INSERT ON matching_terms
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION matching_count_terms();
CREATE TRIGGER uncount_terms AFTER DELETE ON matching_terms
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION matching_uncount_terms();
