//! Errors at the edge: the whole chain once, and a hint where the operator can act.

use super::Style;

/// `error: what: cause: cause`, then `hint: …`.
pub(crate) fn chain(style: Style, error: &anyhow::Error, hint: Option<&str>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        // Some libraries repeat their cause in their own message.
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
    }
    let mut text = format!("{} {}\n", style.bad(style.lang.error_word()), parts.join(": "));
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
            chain(Style::default(), &error, Some("start PostgreSQL")),
            "error: failed to connect to `a@b/c`: connection refused\nhint: start PostgreSQL\n"
        );
        let repeated = anyhow::anyhow!("x").context("broken: x");
        assert_eq!(chain(Style { lang: Lang::Zh, color: false }, &repeated, None), "错误: broken: x\n");
    }
}
