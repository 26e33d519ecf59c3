//! One name, two texts: what the texts say differently, line by line, and in which facts what they left differs.
//!
//! Pure. The lines are compared by the longest common subsequence: a few dozen lines of our own instead of a dependency, since scripts
//! are short; what is too long for that is shown as two whole texts, never cut.

use serde::Serialize;

use crate::journal::Effect;

/// Whose line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// It stands in both texts.
    Both,
    /// Only in ours.
    Ours,
    /// Only in the peer's.
    Theirs,
}

/// A line of one text, or of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextLine {
    /// Whose.
    pub whose: Whose,
    /// What it says.
    pub text: String,
}

/// A conflict in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The script.
    pub name: String,
    /// The peer that has the other text.
    pub peer: String,
    /// Both texts, line by line; `None`: one of them is not stored any more.
    pub lines: Option<Vec<TextLine>>,
    /// Facts that the two have left differently; `None`: one of the two has no recorded effect.
    pub facts: Option<Vec<String>>,
}

/// Beyond this many pairs of lines the comparison would take too long.
const MOST_PAIRS: usize = 4_000_000;

/// Both texts in one list: common lines once, and before each of them what only one side has, ours first.
pub fn line_diff(ours: &str, theirs: &str) -> Vec<TextLine> {
    let (a, b): (Vec<&str>, Vec<&str>) = (ours.lines().collect(), theirs.lines().collect());
    let line = |whose, text: &str| TextLine { whose, text: text.to_owned() };
    if a.len().saturating_mul(b.len()) > MOST_PAIRS {
        let ours = a.iter().map(|text| line(Whose::Ours, text));
        return ours.chain(b.iter().map(|text| line(Whose::Theirs, text))).collect();
    }
    // common[i][j]: how many lines a[i..] and b[j..] have in common
    let mut common = vec![vec![0u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push(line(Whose::Both, a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(line(Whose::Ours, a[i]));
            i += 1;
        } else {
            lines.push(line(Whose::Theirs, b[j]));
            j += 1;
        }
    }
    lines
}

/// Facts that one of the two effects leaves otherwise than the other; what only one has touched counts.
pub fn left_differently(ours: &Effect, theirs: &Effect) -> Vec<String> {
    let ids: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    let after = |effect: &Effect, id| effect.get(id).map(|touched| touched.after);
    ids.into_iter().filter(|id| after(ours, id) != after(theirs, id)).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;
    use crate::journal::Touched;
    use crate::schema::{FactId, Kind};
    use proptest::prelude::*;

    #[track_caller]
    fn check(ours: &str, theirs: &str, expected: &str) {
        let sign = |whose| match whose {
            Whose::Both => ' ',
            Whose::Ours => '-',
            Whose::Theirs => '+',
        };
        let shown: Vec<String> =
            line_diff(ours, theirs).iter().map(|line| format!("{}{}", sign(line.whose), line.text)).collect();
        assert_eq!(shown.join("|"), expected);
    }

    #[test]
    fn lines() {
        check("a\nb\nc\n", "a\nb\nc\n", " a| b| c");
        check("a\nb\nc\n", "a\nx\nc\n", " a|-b|+x| c");
        check("", "a\n", "+a");
        check("a\nb\n", "", "-a|-b");
        check("a\nb\n", "b\nc\n", "-a| b|+c");
    }

    #[test]
    fn facts() {
        let effect = |name: &str, after: &[u8]| {
            let touched = Touched { before: None, after: Some(Digest::of(after)), definition: None };
            Effect::from([(FactId::new(Kind::Column, name), touched)])
        };
        assert!(left_differently(&effect("a.b", b"1"), &effect("a.b", b"1")).is_empty());
        assert_eq!(left_differently(&effect("a.b", b"1"), &effect("a.b", b"2")), ["column a.b"]);
        assert_eq!(left_differently(&effect("a.b", b"1"), &effect("a.c", b"1")), ["column a.b", "column a.c"]);
    }

    proptest! {
        /// Nothing of either text is lost, and nothing is added.
        #[test]
        fn each_side_can_be_read_off(a in "[ab\n]{0,12}", b in "[ab\n]{0,12}") {
            let lines = line_diff(&a, &b);
            let side = |not: Whose| -> Vec<&str> {
                lines.iter().filter(|line| line.whose != not).map(|line| line.text.as_str()).collect()
            };
            prop_assert_eq!(side(Whose::Theirs), a.lines().collect::<Vec<_>>());
            prop_assert_eq!(side(Whose::Ours), b.lines().collect::<Vec<_>>());
        }
    }
}
