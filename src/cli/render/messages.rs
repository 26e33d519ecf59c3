//! The single lines, one function each, English first, Chinese second.

use super::Lang;

/// `1 script`, `2 scripts`.
pub(crate) fn count(n: usize, word: &str) -> String {
    if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
}

/// `name(arguments) = "English", "Chinese";` makes a function of [`Lang`]; English and Chinese may use each argument or not.
macro_rules! messages {
    ($($name:ident($($arg:ident: $ty:ty),*) = $en:literal, $zh:literal;)*) => {
        impl Lang {
            $(
                #[doc = $en]
                #[cfg_attr(windows, allow(dead_code, reason = "some are about systemd"))]
                pub(crate) fn $name(self, $($arg: $ty),*) -> String {
                    match self {
                        Self::En => format!($en),
                        Self::Zh => format!($zh),
                    }
                }
            )*
        }
    };
}

/// The same for texts without arguments, which need no allocation.
macro_rules! words {
    ($($name:ident = $en:literal, $zh:literal;)*) => {
        impl Lang {
            $(
                #[doc = $en]
                pub(crate) fn $name(self) -> &'static str {
                    match self {
                        Self::En => $en,
                        Self::Zh => $zh,
                    }
                }
            )*
        }
    };
}

impl Lang {
    /// `2 scripts`, `2 个脚本`.
    pub(crate) fn scripts(self, n: usize) -> String {
        match self {
            Self::En => count(n, "script"),
            Self::Zh => format!("{n} 个脚本"),
        }
    }

    /// How many facts two majors do not tell alike, so that they are not compared.
    pub(crate) fn not_compared(self, n: usize, here: u32, there: u32) -> String {
        let facts = self.facts(n);
        match self {
            Self::En => format!("not compared: {facts} that PostgreSQL {here} and {there} do not tell alike"),
            Self::Zh => format!("未比较：{facts}（PostgreSQL {here} 与 {there} 的表达方式不同）"),
        }
    }

    /// The same in the answer of `diff`.
    pub(crate) fn diff_not_compared(self, n: usize) -> String {
        let facts = self.facts(n);
        match self {
            Self::En => format!("not compared: {facts} that the two PostgreSQL majors do not tell alike"),
            Self::Zh => format!("未比较：{facts}（两个 PostgreSQL 主版本的表达方式不同）"),
        }
    }

    /// What may be one thing under two names.
    pub(crate) fn diff_renamed(self, gone: &str, new: &str) -> String {
        match self {
            Self::En => format!("renamed? {gone} → {new}: equal but for the name. Nothing is assumed."),
            Self::Zh => format!("可能是改名：{gone} → {new}（除名称外完全相同），不作任何假定。"),
        }
    }

    /// `2 facts`, `2 个结构项`.
    pub(crate) fn facts(self, n: usize) -> String {
        match self {
            Self::En => count(n, "fact"),
            Self::Zh => format!("{n} 个结构项"),
        }
    }
}

words! {
    hint_word = "hint:", "提示:";
    error_word = "error:", "错误:";
    yes_no = "[y/N]", "[y/N]";
    nothing_done = "nothing was changed", "未作任何更改";
    none = "none", "无";
    here = "here", "本机";

    sync_title = "Database migration sync", "数据库迁移同步";
    sync_result_title = "Result", "同步结果";
    sync_done = "the schema is up to date!", "数据库结构同步完成!";
    sync_nothing = "nothing is pending; the schema is up to date", "没有待应用的迁移，数据库结构已是最新";
    sync_dry = "dry run: nothing was changed", "演练: 未作任何更改";
    check_title = "Schema check", "数据库结构一致性检查";
    check_equal = "the live schema is what the scripts left behind!", "数据库结构完全一致!";
    check_differs = "the live schema differs from what the scripts left behind", "数据库结构与脚本留下的结构不一致";
    replay_title = "Replay of the history", "重放迁移历史";
    replay_equal = "the replayed history makes the live schema!", "重放迁移历史所得结构与数据库完全一致!";
    replay_differs = "the replayed history makes another schema than the live one", "重放迁移历史所得结构与数据库不一致";
    models_not_set = "models: not set ([models] command)", "模型: 未设置 ([models] command)";
    capture_nothing = "nothing was changed by hand", "没有手工修改";
    models_title = "The models", "模型与数据库";
    models_equal = "the database is what the models say!", "数据库结构与模型完全一致!";
    models_differ = "the database is not what the models say", "数据库结构与模型不一致";
    looking = "looking …", "正在查看……";
    no_url = "no database is configured", "未配置数据库";
    diff_equal = "the schemas are equal", "两边结构一致";
    script_proven = "tried in a scratch database: it leaves nothing different", "已在临时数据库中验证: 执行后两边一致";
    script_how = "to run it: psql -1 -v ON_ERROR_STOP=1 -f FILE, or as a script of the folder: v<version>_<description>.sql", "执行方法: psql -1 -v ON_ERROR_STOP=1 -f 文件，或放入脚本目录: v<版本>_<说明>.sql";
    script_how_outside = "to run it: psql -v ON_ERROR_STOP=1 -f FILE, or as a script of the folder: v<version>_<description>.sql; it cannot run in one transaction", "执行方法: psql -v ON_ERROR_STOP=1 -f 文件，或放入脚本目录: v<版本>_<说明>.sql；无法在一个事务中执行";
    script_narrowed = "looked at were the configured schemas and objects alone: what hangs from them elsewhere was not", "只查看了配置的模式与对象: 未查看其他位置依赖它们的对象";
    script_no_kind = "this kind is not supported", "不支持此类对象";
    status_title = "Status", "状态";
    history_title = "Migration history", "迁移历史";
    history_empty = "no script is recorded", "没有迁移记录";
    doctor_title = "Doctor", "环境检查";
    doctor_good = "everything this machine needs is there", "本机所需一切正常";
    init_title = "driftless init", "初始化";
    init_nothing = "everything is there already; nothing was changed", "均已存在，未作任何更改";
    scratch_needs_server = "a replay needs a server for its scratch database: give --database URL", "重放需要一台服务器来建立临时数据库: 请使用 --database 地址";
    link_its_call = "(asked through its own call: it cannot be dialled from here)", "(经由对端主动建立的连接访问: 从本机无法连到它)";
    no_peers = "no peers yet", "还没有对端";
    paused = "the agent is paused", "代理已暂停";
    bootstrap = "new database: takes over what its peer has until first in sync", "新数据库: 首次同步完成之前直接接收对端的结构";
    heal_title = "Healing plan", "修复计划";
    resumed = "healing goes on", "修复继续进行";
    paused_now = "healing is paused; the agent lets go of the database", "修复已暂停，代理将释放数据库";
    no_terminal = "there is no terminal to ask on; give --yes", "没有终端可供询问，请使用 --yes";
    invite_both_ways = "joining works both ways: each machine applies what the other has applied, unless a smaller grant is given", "加入是双向的: 双方都会应用对方已应用的脚本，除非授予更小的权限";
    reset_what = "this forgets which scripts were applied to this database; the schema itself stays, and healing halts until `driftless heal --resume`", "这会清除本数据库的迁移记录; 数据库结构本身不变，修复将停止，直到执行 `driftless heal --resume`";
    reset_done = "the history was reset; healing has halted", "迁移历史已重置，修复已停止";
    reset_ask = "Reset the history?", "确定重置迁移历史吗?";
    reset_next = "driftless history mark-applied --all (takes what is here for applied), then driftless heal --resume", "driftless history mark-applied --all（将本机已有的视为已应用），然后 driftless heal --resume";
    history_none_to_mark = "no pending script has run here before", "没有曾在本机执行过的待应用脚本";
    approved_to_differ = "it is committed with the effect that it has here; until a later script makes them alike, these facts then differ from the peer's:", "将按其在本机的效果提交; 在后续脚本使其一致之前，以下结构将与对端不同:";
    approved_unmeasured = "nothing but what is shown here is approved: if it turns out to lose data, or to do more than this, it will be held once more, and you will be shown what", "批准仅限于此处显示的内容: 若执行时发现会丢失数据或有其他影响，将再次等待确认，并显示具体内容";
    same_scripts_here = "the same scripts; what differs was changed on this machine (see above)", "脚本相同; 差异来自本机的手工修改（见上）";
    waits_above = "see what waits here, above", "见上文本机等待处理的内容";
    log_stopping = "stopping", "正在停止";
    log_stopped = "stopped", "已停止";
    log_paused = "the agent is paused; `driftless heal --resume` lets it go on", "代理已暂停，执行 `driftless heal --resume` 可继续";
    log_database_reached = "the database is reached again", "数据库已恢复连接";
    undrift_title = "Undoing what was changed by hand", "撤销手工修改";
    undrift_note = "the structure alone comes back: rows and values of what was dropped do not", "仅恢复结构: 被删除的行和值无法找回";
    undrift_ask = "Undo it all the same?", "仍要撤销吗?";
    undrift_moved = "the schema changed meanwhile; nothing was undone: try again", "结构在此期间发生变化，未作任何撤销，请重试";
    apply_ask = "Apply it all the same?", "仍要应用吗?";
    template_note = "the script was not opened: no terminal, or no editor", "未打开编辑器: 没有终端或编辑器";
    token_once = "the token works once; give it to nobody else", "令牌只能使用一次，请勿泄露";
    doing_git = "commit the script together with the models: git add, git commit, git push", "请将脚本与模型一起提交: git add、git commit、git push";
    who_joins = "the machine that joins", "加入的机器";
    init_next_text = "driftless agent, then driftless invite here and driftless join on the other machine", "driftless agent，然后在本机执行 driftless invite，在另一台机器上执行 driftless join";
}

messages! {
    and_more(n: usize) = " and {n} more", " 等，另有 {n} 个";
    next_step(command: &str) = "Next: {command}", "下一步: {command}";
    paused_there(peer: &str) = "the agent is paused there\n  → on {peer}: driftless heal --resume", "对端的代理已暂停\n  → 在 {peer} 上执行: driftless heal --resume";
    peer_applies(peer: &str) = "on {peer}: driftless sync (or its agent does it)", "在 {peer} 上执行: driftless sync（或由其代理自动完成）";

    sync_applied(n: usize) = "Applied scripts: {n}", "已应用的迁移: {n} 个";
    sync_found(n: usize) = "Found script files: {n}", "发现迁移文件: {n} 个";
    sync_pending(n: usize) = "Pending scripts: {n}", "待应用的迁移: {n} 个";
    sync_succeeded(n: usize) = "Succeeded: {n}", "成功: {n} 个";
    sync_failed(n: usize) = "Failed: {n}", "失败: {n} 个";
    sync_held(n: usize) = "Held for a person: {n}", "等待人工确认: {n} 个";
    ignored_file(name: &str, why: &str) = "ignored: {name} ({why})", "已忽略: {name}（{why}）";
    applying(name: &str) = "applying {name}", "正在应用: {name}";
    applied(name: &str, time: &str) = "applied: {name} ({time})", "迁移应用成功: {name}（{time}）";
    applied_already(name: &str) = "applied already: {name}", "已经应用过: {name}";
    apply_failed(name: &str) = "failed: {name}", "迁移应用失败: {name}";
    apply_held(name: &str) = "held: {name}", "等待确认: {name}";
    apply_not_tried(name: &str) = "not applied yet: {name}", "尚未应用: {name}";
    waiting_for_lock(who: &str) = "waiting: another one applies here ({who})", "等待中: 另一进程正在应用脚本（{who}）";
    edited(name: &str) = "{name} was changed after it was applied", "{name} 在应用之后被修改过";
    edited_hint(name: &str) = "put the old text back and write a new script, or take the new text for the recorded one: driftless history repair {name}", "请恢复原文并另写新脚本，或以新文本为准: driftless history repair {name}";

    check_live(n: usize) = "Facts in the database: {n}", "数据库结构项数: {n}";
    check_recorded(n: usize) = "Facts the scripts left behind: {n}", "脚本留下的结构项数: {n}";
    replay_made(scripts: usize, n: usize) = "Facts that the replay ({scripts} scripts) made: {n}", "重放（{scripts} 个脚本）所得结构项数: {n}";
    check_common(n: usize) = "in common: {n}", "共有 ({n} 个)";
    check_missing(n: usize) = "missing in the database: {n}", "数据库缺少 ({n} 个)";
    check_extra(n: usize) = "only in the database: {n}", "数据库多出 ({n} 个)";
    check_changed(n: usize) = "changed in the database: {n}", "已被修改 ({n} 个)";
    models_live_fields(n: usize) = "Fields in the database: {n}", "数据库字段数: {n}";
    models_fields(n: usize) = "Fields in the models: {n}", "模型字段数: {n}";
    models_common(n: usize) = "fields in common: {n}", "共有字段 ({n} 个)";
    models_missing_tables(n: usize) = "tables that the database lacks: {n}", "数据库缺少的表 ({n} 个)";
    models_missing(n: usize) = "fields that the database lacks: {n}", "数据库缺少的字段 ({n} 个)";
    models_extra(n: usize) = "fields that the models lack: {n}", "数据库多出的字段 ({n} 个)";
    models_changed(n: usize) = "fields that differ (models → database): {n}", "定义不同的字段 (模型 → 数据库, {n} 个)";
    models_other(n: usize) = "other differences (models → database): {n}", "其他差异 (模型 → 数据库, {n} 个)";
    models_beside(n: usize) = "only in the database, and no difference to an application: {n}", "仅数据库有，不影响应用 ({n} 个)";
    log_captured(script: &str) = "what was added by hand is a script now: {script}; commit it together with the models", "手工新增的结构已转为脚本: {script}，请与模型一起提交";
    log_not_captured(why: &str) = "what was added by hand cannot become a script: {why}", "手工新增的结构无法转为脚本: {why}";
    capture_done(path: &str) = "recorded as applied here, and written to {path}", "已记录为在本机应用，并写入 {path}";
    revert_written(path: &str) = "written to {path}; it was not run", "已写入 {path}，尚未执行";
    undrift_done(facts: &str) = "undone and recorded: {facts} are again what the scripts left", "已撤销并记录: {facts}已恢复为脚本留下的状态";
    undrift_losses(losses: &str) = "data would be lost: {losses}", "会丢失数据: {losses}";
    undrift_refused(sql: &str, why: &str) = "the server refused `{sql}`, and nothing was undone: {why}", "服务器拒绝了 `{sql}`，未作任何撤销: {why}";
    undrift_left(facts: &str) = "the statements would not lead back to what was recorded, and nothing was undone: {facts}", "这些语句无法恢复到记录的结构，未作任何撤销: {facts}";
    revert_untried(why: &str) = "the script was not tried: {why}", "该脚本未经试运行: {why}";
    script_hazards(words: &str) = "what it costs: {words}", "风险: {words}";
    check_pending(n: usize) = "pending scripts: {n}", "待应用的迁移: {n} 个";
    not_supported(n: usize) = "not compared, of kinds that are not supported: {n}", "未比较（暂不支持的种类）: {n} 个";

    script_title(from: &str, to: &str) = "turns {from} into {to}", "将 {from} 变为 {to}";
    script_dump(source: &str) = "the schema of {source}", "{source} 的结构";
    script_costs(hazards: &str) = "hazards: {hazards}", "风险: {hazards}";
    diff_order(table: &str, from: &str, to: &str) = "{table} has its columns in another order, which counts as no difference: {from}, but {to}", "{table} 的列顺序不同（不算作差异）: {from}，而另一边为 {to}";
    script_left_out(what: &str, why: &str) = "NOT written: {what} ({why})", "未写出: {what}（{why}）";
    script_not_tried(why: &str) = "NOT tried out: {why}", "未经验证: {why}";
    script_refused(why: &str) = "it FAILS in a scratch database: {why}", "在临时数据库中执行失败: {why}";
    script_leaves(what: &str) = "in a scratch database it still leaves different: {what}", "在临时数据库中执行后仍不同: {what}";
    diff_title(from: &str, to: &str) = "{from} → {to}", "{from} → {to}";
    diff_count(added: usize, removed: usize, changed: usize) = "{added} added, {removed} removed, {changed} changed", "新增 {added}，移除 {removed}，变更 {changed}";
    no_such_source(source: &str) = "there is no source `{source}`; give a postgres:// URL, peer:NAME, file:PATH.sql, scripts:DIR, or models", "没有来源 `{source}`; 请使用 postgres:// 地址、peer:名称、file:路径.sql、scripts:目录 或 models";
    no_such_file(path: &str) = "there is no file `{path}`", "找不到文件 `{path}`";
    no_scripts_in(path: &str) = "no script in `{path}` is called v<version>_<description>.sql, so that there is nothing to replay", "`{path}` 中没有名为 v<版本>_<说明>.sql 的脚本，无可重放";
    no_such_schema(schema: &str) = "neither side has a schema `{schema}` (--schemas)", "两边都没有模式 `{schema}`（--schemas）";
    no_such_folder(path: &str) = "there is no folder `{path}`", "找不到目录 `{path}`";
    scratch_used(server: &str, texts: usize) = "a scratch database on the server of {server} replays this ({texts}), and is dropped", "在 {server} 所在服务器的临时数据库中重放（{texts} 个），完成后删除";
    replay_skipped(script: &str, line: usize, what: &str) = "not replayed: {script}:{line}: {what}", "未重放: {script}:{line}: {what}";
    no_such_peer(name: &str) = "there is no peer `{name}`", "没有名为 `{name}` 的对端";
    no_such_script(name: &str) = "no script `{name}` is recorded here", "本机没有脚本 `{name}` 的记录";
    script_not_found(name: &str) = "there is no script file `{name}`", "找不到脚本文件 `{name}`";

    file_made(path: &str) = "made {path}", "已创建 {path}";
    file_kept(path: &str) = "kept {path}", "已保留 {path}";
    file_added_to(path: &str) = "added to {path}", "已补充 {path}";
    identity_made(id: &str, path: &str) = "made this machine's key and certificate in {path} ({id})", "已在 {path} 中创建本机密钥与证书（{id}）";
    history_made(database: &str) = "made the history in {database}", "已在 {database} 中创建迁移历史";
    history_adopted(rows: usize, database: &str) = "took over the rows ({rows}) of an existing migration_history in {database}; the old tools go on working", "已接管 {database} 中现有 migration_history 的 {rows} 行记录，原有工具仍可使用";
    baseline_made(facts: &str) = "recorded the schema as it is: {facts}", "已记录当前结构: {facts}";
    database_not_reached(label: &str) = "the database is not reachable yet ({label}); run `driftless init` again when it is", "数据库暂不可达（{label}），可用后请再次执行 `driftless init`";
    set_url(file: &str) = "write the database's URL into {file} under [database] url, then run `driftless init` again", "请在 {file} 的 [database] url 中填写数据库地址，然后再次执行 `driftless init`";

    history_marked(name: &str) = "recorded as applied without running it: {name}", "已标记为已应用（未执行）: {name}";
    history_marked_without_text(name: &str) = "{name}: neither the folder nor a reachable peer has its text, so that this machine cannot serve it", "{name}: 脚本目录与可达的对端均无其内容，本机无法向对端提供";
    ran_before(n: usize) = "scripts that ran here before and are not run again: {n}", "曾在本机执行过、不会再次执行的脚本: {n} 个";
    hook_failed(why: &str) = "the scripts stay applied, but {why}", "脚本已应用，但 {why}";
    description_no_path(name: &str) = "a description, not a path: it became {name}", "这是说明而非路径: 已改为 {name}";
    log_listening(address: &str, machine: &str) = "{machine} listens on {address}", "{machine} 正在监听 {address}";
    log_peer_reached(peer: &str) = "{peer} is reached", "已连接 {peer}";
    log_in_sync(peer: &str) = "in sync with {peer}", "与 {peer} 一致";
    left_by(script: &str, facts: &str) = "left by {script}, which stopped half-way: {facts}", "由中途停止的 {script} 留下: {facts}";
    left_by_mend(script: &str) = "correct {script}, then driftless sync: it goes on where it stopped while its text is the same", "请修正 {script} 后执行 driftless sync; 若内容未变，则从中断处继续";
    history_renamed(name: &str, to: &str) = "{name} is recorded as {to} from now on: its file is to be called so, too", "{name} 现记录为 {to}，其文件也应使用此名称";
    history_repaired(name: &str) = "the recorded text of {name} is now the file's", "{name} 的记录文本已更新为文件内容";
    history_exported(scripts: &str, dir: &str) = "wrote {scripts} to {dir}", "已将 {scripts}写入 {dir}";
    history_exists(name: &str) = "{name} is there already with another text; it was left alone", "{name} 已存在且内容不同，未覆盖";
    history_no_text(name: &str) = "{name}: its text is not recorded (adopted row without a file)", "{name}: 没有记录脚本内容（接管的记录且无对应文件）";
    history_counts(applied: usize, failed: usize) = "applied: {applied}, failed: {failed}", "已应用: {applied} 个，失败: {failed} 个";

    version_from_folder(why: &str) = "the version was chosen by the script folder alone ({why})", "仅根据脚本目录确定了版本号（{why}）";
    local_file_kept(file: &str) = "{file} was there already and was left alone: change name or address in it by hand", "{file} 已存在，未作更改: 请手工修改其中的名称或地址";
    editor_failed(editor: &str, why: &str) = "the editor `{editor}` did not run: {why}", "编辑器 `{editor}` 无法运行: {why}";
    approved(name: &str) = "approved on this machine, with its text as it is now: {name}", "已在本机批准（仅限当前内容）: {name}";
    agent_listens(address: &str) = "the agent listens on {address}", "代理监听于 {address}";
    agent_installed(path: &str) = "installed: {path}", "已安装: {path}";
    agent_uninstalled(path: &str) = "removed: {path}", "已移除: {path}";
    agent_not_installed(path: &str) = "it was not installed ({path})", "尚未安装（{path}）";
    run_yourself(command: &str) = "run: {command}", "请执行: {command}";

    invite_token(address: &str) = "a token for one machine, to be joined at {address}:", "供一台机器使用的令牌，连接地址 {address}:";
    invite_expires(time: &str) = "it expires at {time}", "有效期至 {time}";
    invite_type(token: &str) = "on the other machine: driftless join {token}", "在另一台机器上执行: driftless join {token}";
    grants_status(who: &str) = "{who} may see the state of this machine; nothing it has is applied here", "{who} 可查看本机状态，其脚本不会应用到本机";
    grants_pull(who: &str) = "{who} may read the scripts applied here; nothing it has is applied here", "{who} 可读取本机已应用的脚本，其脚本不会应用到本机";
    grants_apply(who: &str) = "{who} may read the scripts applied here, and what it has applied, whoever wrote it, is applied here", "{who} 可读取本机已应用的脚本，其已应用的脚本（无论作者）也会应用到本机";
    agent_not_listening(address: &str) = "no agent listens on {address}: start `driftless agent` here, or nobody can join", "{address} 上没有代理在监听: 请在本机启动 `driftless agent`，否则无法加入";
    joined(peer: &str) = "joined {peer}", "已与 {peer} 配对";
    joined_what(peer: &str) = "{peer} is trusted from now on, and trusts this machine", "从现在起与 {peer} 互相信任";
    grant_there(peer: &str, grant: &str) = "this machine has the grant {grant} on {peer}", "本机在 {peer} 上的权限为 {grant}";
    peer_removed(peer: &str) = "{peer} is trusted no longer; live connections are cut", "已不再信任 {peer}，现有连接将被断开";
    peer_granted(peer: &str, grant: &str) = "{peer} now has the grant {grant}", "{peer} 的权限现为 {grant}";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sentences() {
        assert_eq!(Lang::En.scripts(1), "1 script");
        assert_eq!(Lang::En.scripts(2), "2 scripts");
        assert_eq!(Lang::Zh.sync_pending(1), "待应用的迁移: 1 个");
        assert_eq!(Lang::Zh.applied("v2_a.sql", "3 ms"), "迁移应用成功: v2_a.sql（3 ms）");
    }
}
