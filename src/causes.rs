//! An error and its causes as one line of text: for logs, and for what is told to a peer. Commands print the chain themselves.

use std::error::Error;

/// An error with its causes, in one line; what a library repeats of its cause is said once.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{words}")]
    struct Layer {
        words: &'static str,
        source: Option<Box<Layer>>,
    }

    fn layers(words: &[&'static str]) -> Layer {
        let source = (words.len() > 1).then(|| Box::new(layers(&words[1..])));
        Layer { words: words[0], source }
    }

    #[test]
    fn each_cause_once() {
        assert_eq!(chain(&layers(&["a", "b", "c"])), "a: b: c");
        assert_eq!(chain(&layers(&["a: b", "b", "c"])), "a: b: c");
    }
}
