//! Errors at the edge: the whole chain once, and a hint where the operator can act.

use super::Style;

/// `error: what: cause: cause`, then `hint: …`. Where there is a leading sentence, in the reader's language, the chain stands below it.
pub(crate) fn chain(style: Style, error: &anyhow::Error, lead: Option<&str>, hint: Option<&str>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        // Some libraries repeat their cause in their own message.
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
    }
    let (word, parts) = (style.bad(style.lang.error_word()), parts.join(": "));
    let mut text = match lead {
        Some(lead) => format!("{word} {lead}\n  {parts}\n"),
        None => format!("{word} {parts}\n"),
    };
    if let Some(hint) = hint {
        text.push_str(&format!("{}\n", style.hint(hint)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::Lang;
    use super::*;

    #[test]
    fn the_chain_once_with_a_hint() {
        let error = anyhow::anyhow!("connection refused").context("failed to connect to `a@b/c`");
        assert_eq!(
            chain(Style::default(), &error, None, Some("start PostgreSQL")),
            "error: failed to connect to `a@b/c`: connection refused\nhint: start PostgreSQL\n"
        );
        let repeated = anyhow::anyhow!("x").context("broken: x");
        let chinese = Style { lang: Lang::Zh, color: false };
        assert_eq!(chain(chinese, &repeated, None, None), "错误: broken: x\n");
        assert_eq!(chain(chinese, &repeated, Some("坏了"), Some("修")), "错误: 坏了\n  broken: x\n提示: 修\n");
    }
}
