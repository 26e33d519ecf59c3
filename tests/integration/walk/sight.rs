//! What there is in a database, as far as random statements want to know: names quoted and with their schemas, in an order that
//! depends on nothing but the schema, so that a seed means the same schema every time.

/// Something of a schema. What `of`, `a` and `b` are depends on `what`; see [`QUESTION`].
#[derive(Debug, Clone)]
pub struct Thing {
    pub what: String,
    pub name: String,
    pub of: String,
    pub a: String,
    pub b: String,
}

#[derive(Debug, Default)]
pub struct Sight {
    things: Vec<Thing>,
}

/// A column: its quoted name, its type, and the type under a domain.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub sql_type: String,
    pub base: String,
    /// `g`enerated, `i`dentity, `n`ot null, `h`anded down from a parent.
    pub flags: String,
}

const QUESTION: &str = "
WITH n AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
     c AS (SELECT * FROM pg_class WHERE relnamespace IN (SELECT oid FROM n))
SELECT * FROM (
SELECT 'schema' AS what, quote_ident(nspname) AS name, '' AS of, '' AS a, '' AS b, 0 AS place FROM n
UNION ALL SELECT 'relation', oid::regclass::text, relkind::text, relispartition::text, coalesce(pg_get_partkeydef(oid), ''), 0
  FROM c WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
UNION ALL SELECT 'column', quote_ident(attname), c.oid::regclass::text, format_type(atttypid, atttypmod),
       CASE WHEN typtype = 'd' THEN format_type(typbasetype, typtypmod) WHEN typtype = 'e'
            THEN 'enum ' || (SELECT quote_literal(min(enumlabel)) FROM pg_enum WHERE enumtypid = t.oid) ELSE '' END || '|'
       || CASE WHEN attgenerated <> '' THEN 'g' ELSE '' END || CASE WHEN attidentity <> '' THEN 'i' ELSE '' END
       || CASE WHEN attnotnull THEN 'n' ELSE '' END || CASE WHEN attinhcount > 0 THEN 'h' ELSE '' END, attnum
  FROM c JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped JOIN pg_type t ON t.oid = a.atttypid
 WHERE relkind IN ('r', 'p', 'v', 'm', 'c')
UNION ALL SELECT 'constraint', quote_ident(conname), conrelid::regclass::text, contype::text, pg_get_constraintdef(k.oid), 0
  FROM pg_constraint k JOIN c ON c.oid = conrelid
UNION ALL SELECT 'check', quote_ident(conname), contypid::regtype::text, '', '', 0
  FROM pg_constraint WHERE contypid <> 0 AND contype = 'c' AND connamespace IN (SELECT oid FROM n)
UNION ALL SELECT 'index', indexrelid::regclass::text, indrelid::regclass::text, indisunique::text, indnatts::text, 0
  FROM pg_index JOIN c ON c.oid = indexrelid WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL SELECT 'type', t.oid::regtype::text, typtype::text, (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder)
       FROM pg_enum WHERE enumtypid = t.oid), '', 0
  FROM pg_type t WHERE typnamespace IN (SELECT oid FROM n) AND (typtype IN ('e', 'd', 'r')
       OR typtype = 'c' AND (SELECT relkind FROM pg_class WHERE oid = typrelid) = 'c')
UNION ALL SELECT 'routine', oid::regprocedure::text, prokind::text, prorettype::regtype::text, pg_get_function_identity_arguments(oid), 0
  FROM pg_proc p WHERE pronamespace IN (SELECT oid FROM n)
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND classid = 'pg_proc'::regclass AND deptype = 'i')
UNION ALL SELECT 'trigger', quote_ident(tgname), tgrelid::regclass::text, '', '', 0 FROM pg_trigger JOIN c ON c.oid = tgrelid WHERE NOT tgisinternal
UNION ALL SELECT 'rule', quote_ident(rulename), ev_class::regclass::text, '', '', 0 FROM pg_rewrite JOIN c ON c.oid = ev_class WHERE rulename <> '_RETURN'
UNION ALL SELECT 'policy', quote_ident(polname), polrelid::regclass::text, '', '', 0 FROM pg_policy
UNION ALL SELECT 'statistics', quote_ident(nspname) || '.' || quote_ident(stxname), stxrelid::regclass::text, '', '', 0
  FROM pg_statistic_ext JOIN n ON n.oid = stxnamespace
UNION ALL SELECT 'publication', quote_ident(pubname), '', '', '', 0 FROM pg_publication
UNION ALL SELECT 'collation', oid::regcollation::text, '', '', '', 0 FROM pg_collation WHERE collnamespace IN (SELECT oid FROM n)
UNION ALL SELECT 'operator', oid::regoperator::text, '', '', '', 0 FROM pg_operator WHERE oprnamespace IN (SELECT oid FROM n)
UNION ALL SELECT 'search', oid::regconfig::text, '', '', '', 0 FROM pg_ts_config WHERE cfgnamespace IN (SELECT oid FROM n)
) things ORDER BY what COLLATE \"C\", of COLLATE \"C\", place, name COLLATE \"C\"";

impl Sight {
    pub async fn of(client: &tokio_postgres::Client) -> Self {
        let rows = client.simple_query(QUESTION).await.unwrap();
        let rows = rows.into_iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let things = rows.map(|row| {
            let text = |at: usize| row.get(at).unwrap_or_default().to_owned();
            Thing { what: text(0), name: text(1), of: text(2), a: text(3), b: text(4) }
        });
        Self { things: things.collect() }
    }

    /// Every thing of a sort.
    pub fn all(&self, what: &str) -> Vec<&Thing> {
        self.things.iter().filter(|thing| thing.what == what).collect()
    }

    /// The relations of these `relkind`s.
    pub fn relations(&self, kinds: &str) -> Vec<&Thing> {
        self.all("relation").into_iter().filter(|relation| kinds.contains(&relation.of)).collect()
    }

    /// The types of these `typtype`s.
    pub fn types(&self, kinds: &str) -> Vec<&Thing> {
        self.all("type").into_iter().filter(|found| kinds.contains(&found.of)).collect()
    }

    /// The routines of these `prokind`s.
    pub fn routines(&self, kinds: &str) -> Vec<&Thing> {
        self.all("routine").into_iter().filter(|found| kinds.contains(&found.of)).collect()
    }

    /// The columns of a relation or a composite type, in their order.
    pub fn columns(&self, of: &str) -> Vec<Column> {
        let columns = self.things.iter().filter(|thing| thing.what == "column" && thing.of == of);
        let column = |thing: &Thing| {
            let (base, flags) = thing.b.split_once('|').unwrap_or_default();
            let base = if base.is_empty() { &thing.a } else { base };
            Column {
                name: thing.name.clone(),
                sql_type: thing.a.clone(),
                base: base.to_owned(),
                flags: flags.to_owned(),
            }
        };
        columns.map(column).collect()
    }
}
