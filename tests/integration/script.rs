//! Does PostgreSQL see the statements that the analysis sees? Asked of a real server: with texts made to be misread, and with any
//! folder of scripts.

use driftless::script::{Analysis, CanonicalText, analyze};
use driftless::script_dir::ScriptDir;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::harness::TestDatabase;

fn analysis(text: &str) -> Analysis {
    analyze(&CanonicalText::from_canonical(text).unwrap())
}

/// How many statements the server runs when it gets the whole text; `None` where it refuses it.
async fn commands(client: &Client, text: &str) -> Option<usize> {
    let messages = client.simple_query(text).await.ok()?;
    Some(messages.iter().filter(|message| matches!(message, SimpleQueryMessage::CommandComplete(_))).count())
}

/// The server's count is ours, and each of our statements is one to the extended protocol as well.
async fn check(client: &Client, text: &str) -> bool {
    let Some(expected) = commands(client, text).await else { return false };
    let found = analysis(text);
    assert_eq!(found.problems, [], "{text:?}");
    assert_eq!(found.statements.len(), expected, "{text:?}");
    for statement in &found.statements {
        let alone = &text[statement.range.clone()];
        assert!(client.prepare(alone).await.is_ok(), "{alone:?} of {text:?}");
    }
    true
}

#[tokio::test]
async fn texts_made_to_be_misread() {
    need_postgres!();
    let database = TestDatabase::create();
    let client = database.client().await;
    for text in [
        r"SELECT 'a\'; SELECT 1",
        r"SELECT E'a\'; SELECT 1; --' ; SELECT 2",
        "SELECT E'a' -- x\n 'b\\'; SELECT 1; --'; SELECT 2",
        "SELECT E'a' -- x\r -- y\n\t'b\\''; SELECT 1; SELECT '--'",
        "SELECT $a$ $b$ ; $a$; SELECT $标$;$标$",
        "SELECT 1 AS a$b$; SELECT 2 AS b$b$",
        "SELECT 1 +-- ;\n2; SELECT 3",
        "SELECT 2 */*;/*;*/*/ 3; SELECT 4",
        "SELECT U&'\\0041;' ; SELECT U&\"d\\0061t;\" FROM (SELECT 1 AS \"dat;\") x",
        "SELECT 1 AS \"a\"\"; b\"; SELECT B'01', x'ff', n'a;'",
        "SELECT 'a'-- ;\r;SELECT 2",
    ] {
        assert!(check(&client, text).await, "not taken: {text}");
    }
}

/// Strings, comments and quotes put together by chance: whatever the server takes, we must have split as it does.
#[tokio::test]
async fn texts_put_together_by_chance() {
    need_postgres!();
    const PIECES: [&str; 30] = [
        ";SELECT ",
        ";SELECT ",
        ";SELECT '",
        "'",
        "'",
        "'",
        "E'",
        "e'",
        "U&'",
        "$$",
        "$a$",
        "$a",
        "\"",
        "\\",
        "\\'",
        "--",
        "/*",
        "*/",
        "\n",
        "\n",
        "\r",
        " ",
        "\t",
        ",",
        "||",
        "1",
        "_",
        " a",
        "*",
        "'\n'",
    ];
    let database = TestDatabase::create();
    let client = database.client().await;
    let (mut taken, mut state) = (0, 0x2545_f491_4f6c_dd1d_u64);
    for _ in 0..8000 {
        let mut text = "SELECT '".to_owned();
        for _ in 0..16 {
            // xorshift: the same texts in every run.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let piece = usize::try_from(state % PIECES.len() as u64).unwrap();
            text.push_str(PIECES[piece]);
        }
        if !text.contains("\r\n") && check(&client, &text).await {
            taken += 1;
        }
    }
    assert!(taken > 100, "only {taken} texts were valid");
}

/// For any folder of scripts: `DRIFTLESS_TEST_SCRIPTS=folder`. Prints what the analysis says of them.
#[tokio::test]
#[ignore = "wants a folder of scripts"]
async fn a_folder_runs_statement_by_statement() {
    need_postgres!();
    let Some(folder) = std::env::var_os("DRIFTLESS_TEST_SCRIPTS") else { return };
    let database = TestDatabase::create();
    let scripts = ScriptDir::load(folder.as_ref()).unwrap();
    assert_eq!(scripts.ignored, []);
    let (mut failed, mut statements) = (0, 0);
    for script in &scripts.scripts {
        let client = database.client().await;
        let found = analyze(&script.text);
        for problem in &found.problems {
            eprintln!("{}:{}: problem {:?}", script.name, problem.line, problem.kind);
        }
        for reach in &found.reaches {
            eprintln!("{}:{}: reach {:?} {}", script.name, reach.line, reach.kind, reach.what);
        }
        if let Some((line, reason)) = &found.outside_reason {
            eprintln!("{}:{line}: outside a transaction: {reason}", script.name);
        }
        if found.dynamic_sql {
            eprintln!("{}: dynamic SQL", script.name);
        }
        if found.transactional {
            client.batch_execute("BEGIN").await.unwrap();
        }
        for statement in &found.statements {
            statements += 1;
            let text = &script.text.as_str()[statement.range.clone()];
            if let Err(error) = client.execute(text, &[]).await {
                failed += 1;
                eprintln!("{}:{}: FAILED {:?}", script.name, statement.line, error.as_db_error());
                break;
            }
        }
        if found.transactional {
            client.batch_execute("COMMIT").await.unwrap();
        }
    }
    eprintln!("{} scripts, {statements} statements, {failed} failed", scripts.scripts.len());
    assert_eq!(failed, 0);
}
