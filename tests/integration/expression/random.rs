//! Random expressions with variants that lack a pair of brackets or have another connective: where two have one canonical form,
//! the server must find the same truth in every row.

use std::collections::BTreeMap;

use driftless::schema::expression::{canonical, rewritten};

use crate::harness::TestDatabase;

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    fn number(&mut self, depth: usize) -> String {
        match self.roll(if depth == 0 { 4 } else { 8 }) {
            0 | 1 => self.pick(&["i", "b"]).to_owned(),
            2 => self.pick(&["0", "1", "-1", "2"]).to_owned(),
            3 => self.pick(&["-1::int", "- 2::int", "(- (- 1))", "-(1)", "'-1'::int"]).to_owned(),
            4 => format!("({} {} {})", self.number(depth - 1), self.pick(&["+", "-", "*"]), self.number(depth - 1)),
            5 => format!("(- {})", self.number(depth - 1)),
            6 => format!("abs({})", self.number(depth - 1)),
            _ => format!("position({} in {})", self.text(), self.text()),
        }
    }

    fn text(&mut self) -> String {
        self.pick(&["v", "w", "'a'", "trim(v)", "substring(v from 1 for 1)", "trim(leading 'a' from w)"]).to_owned()
    }

    fn truth(&mut self, depth: usize) -> String {
        if depth == 0 {
            let compared = self.pick(&["=", "<", ">=", "<>"]);
            return match self.roll(4) {
                0 => format!("{} {compared} {}", self.number(0), self.number(0)),
                1 => format!("{} IN ('a', 'b')", self.pick(&["v", "w"])),
                2 => format!("{} NOT IN ('a', 'ab')", self.pick(&["v", "w"])),
                _ => format!("i BETWEEN {} AND {}", self.number(0), self.number(0)),
            };
        }
        let less = depth - 1;
        match self.roll(10) {
            0 => format!("(NOT ({}))", self.truth(less)),
            1 => format!("{} {} {}", self.number(less), self.pick(&["=", "<", "<>"]), self.number(less)),
            2 => format!("(({}) IS {})", self.truth(less), self.pick(&["TRUE", "NOT FALSE", "UNKNOWN"])),
            3 => format!("({} NOT BETWEEN {} AND {})", self.number(less), self.number(0), self.number(0)),
            4 => format!("CASE WHEN {} THEN {} ELSE {} END", self.truth(less), self.truth(less), self.truth(less)),
            5 | 6 => format!("({}) {} {}", self.truth(less), self.pick(&["AND", "OR"]), self.truth(less)),
            7 => format!("{} {} ({})", self.truth(less), self.pick(&["AND", "OR"]), self.truth(less)),
            _ => format!("({} {} {})", self.truth(less), self.pick(&["AND", "OR"]), self.truth(less)),
        }
    }

    /// The text without one pair of brackets, or with one connective changed.
    fn variant(&mut self, text: &str) -> String {
        let opening: Vec<usize> = text.match_indices('(').map(|(at, _)| at).collect();
        if opening.is_empty() || self.roll(4) == 0 {
            return text.replacen(" AND ", " OR ", 1);
        }
        let open = opening[self.roll(opening.len())];
        let mut depth = 0;
        let close = text[open..].char_indices().find(|(_, c)| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth == 0
        });
        let close = open + close.unwrap().0;
        format!("{} {} {}", &text[..open], &text[open + 1..close], &text[close + 1..])
    }
}

const ROWS: &str = "CREATE TABLE t (i int, b int, v varchar, w varchar(5));
    CREATE TABLE facts AS SELECT i, b, v::varchar AS v, w::varchar(5) AS w
      FROM unnest(ARRAY[NULL, -1, 0, 1, 2]) i, unnest(ARRAY[NULL, -2, 0, 1]) b, unnest(ARRAY[NULL, 'a', 'ab']) v,
           unnest(ARRAY['', 'b', 'aa']) w;";

#[tokio::test(flavor = "multi_thread")]
async fn one_canonical_form_is_one_meaning() {
    crate::need_postgres!();
    let database = TestDatabase::create();
    let client = database.client().await;
    client.batch_execute(ROWS).await.unwrap();
    let mut dice = Dice(20_251_122);
    let mut by_form: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut tried = 0;
    // ROUNDS=2500 asks for longer.
    let rounds = std::env::var("ROUNDS").map_or(500, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        let text = dice.truth(2 + round % 3);
        let variants = [dice.variant(&text), dice.variant(&text), dice.variant(&text), text];
        for text in variants {
            let Some(printed) = print(&client, &format!("CHECK ({text})")).await else { continue };
            tried += 1;
            let form = canonical(&printed).into_owned();
            let again = print(&client, &printed).await.unwrap();
            assert_eq!(canonical(&again), form, "{text}\n{printed}\n{again}");
            assert_eq!(print(&client, &rewritten(&printed)).await.as_ref(), Some(&printed), "{text}");
            let condition = printed.strip_prefix("CHECK ").unwrap();
            let truths = format!(
                "SELECT string_agg(coalesce(({condition})::int::text, '-'), '' ORDER BY i, b, v, w) FROM facts"
            );
            let truths = client.query_one(&truths, &[]).await.unwrap().get(0);
            by_form.entry(form).or_default().insert(printed, truths);
        }
    }
    for (form, prints) in &by_form {
        let mut truths: Vec<_> = prints.values().collect();
        truths.dedup();
        assert_eq!(truths.len(), 1, "{form}\n{prints:#?}");
    }
    let merged = by_form.values().filter(|prints| prints.len() > 1).count();
    assert!(tried > 1_000 && merged > 4 && by_form.len() > 400, "{tried} {merged} {}", by_form.len());
}

/// What the server prints of a check; `None`: it refuses it.
async fn print(client: &tokio_postgres::Client, check: &str) -> Option<String> {
    client.batch_execute("ALTER TABLE t DROP CONSTRAINT IF EXISTS c").await.unwrap();
    client.batch_execute(&format!("ALTER TABLE t ADD CONSTRAINT c {check}")).await.ok()?;
    let sql = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'c'";
    Some(client.query_one(sql, &[]).await.unwrap().get(0))
}
