//! A conflict in words: both texts line by line, the facts in which they differ, and the mend.

use super::{Lang, Style, list};
use crate::heal::{Conflict, Whose};

const MOST: usize = 20;

/// The block that stands under the plan.
pub(crate) fn block(style: Style, conflict: &Conflict) -> String {
    let lang = style.lang;
    let Conflict { name, peer, lines, facts } = conflict;
    let mut out = vec![style.strong(&match lang {
        Lang::En => format!("{name}: - here, + on {peer}"),
        Lang::Zh => format!("{name}: - 本机, + {peer}"),
    })];
    match lines {
        Some(lines) => out.extend(lines.iter().map(|line| match line.whose {
            Whose::Both => format!("    {}", line.text),
            Whose::Ours => format!("  - {}", line.text),
            Whose::Theirs => format!("  + {}", line.text),
        })),
        None => out.push(match lang {
            Lang::En => "  one of the two texts is not to be had".to_owned(),
            Lang::Zh => "  其中一个文本无法取得".to_owned(),
        }),
    }
    let agree = facts.as_ref().is_some_and(Vec::is_empty);
    out.push(match (lang, facts) {
        (Lang::En, Some(facts)) if facts.is_empty() => "  both have left the same facts".to_owned(),
        (Lang::Zh, Some(facts)) if facts.is_empty() => "  两者产生的结构相同".to_owned(),
        (Lang::En, Some(facts)) => format!("  left differently: {}", list(lang, facts, MOST)),
        (Lang::Zh, Some(facts)) => format!("  结果不同: {}", list(lang, facts, MOST)),
        (Lang::En, None) => "  what they have left is not recorded on both sides".to_owned(),
        (Lang::Zh, None) => "  并非两侧都记录了其结果".to_owned(),
    });
    out.push(match (lang, agree) {
        (Lang::En, true) => {
            format!("  put the text that is to stay into the script folder of the other machine, and there: driftless history repair {name}")
        }
        (Lang::Zh, true) => format!("  将要保留的文本放入另一台机器的脚本目录，并在那里执行: driftless history repair {name}"),
        (Lang::En, false) => format!(
            "  on one of the two machines rename the file, and type there: driftless history repair {name} --as NEW_NAME.sql; \
             then each machine takes what it lacks"
        ),
        (Lang::Zh, false) => format!(
            "  请在其中一台机器上重命名该文件，并执行: driftless history repair {name} --as 新名称.sql; 之后两台机器会各自补上缺少的脚本"
        ),
    });
    out.join("\n")
}
