//! The one layout: what it looks like, construct by construct, and that everything in this repository survives it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use agentpass_compiler::fmt::format;
use agentpass_grammar::{FileId, Kind};

/// Formats a text that has no mistakes, twice.
fn formatted(text: &str) -> String {
    let once = format(FileId(0), text);
    assert!(once.problems.is_empty(), "{:?}\n{text}", once.problems);
    let twice = format(FileId(0), &once.text);
    assert!(!twice.changed, "once:\n{}\ntwice:\n{}", once.text, twice.text);
    assert!(once.text.lines().all(|line| !line.ends_with(' ')));
    once.text
}

fn all_contracts(folders: &[&str]) -> Vec<(String, String)> {
    let read = |path: String| std::fs::read_to_string(&path).map(|text| (path, text));
    support::contracts(folders).into_iter().map(|path| read(path).unwrap()).collect()
}

#[test]
fn the_samples_are_formatted() {
    for (path, text) in all_contracts(&["tests/samples"]) {
        assert_eq!(formatted(&text), text, "{path}");
    }
}

#[test]
fn everything_can_be_formatted() {
    let all = all_contracts(&["tests/samples", "stdlib", "examples"]);
    assert!(all.len() >= 20);
    for (path, text) in all {
        // Comments are never broken.
        let text = formatted(&text);
        let long: Vec<&str> =
            text.lines().filter(|line| line.chars().count() > 110 && !line.contains("//")).collect();
        assert!(long.is_empty(), "{}: {long:#?}", path);
    }
}

/// The layout does not depend on the input's: each line that may end does, or none.
#[test]
fn the_layout_of_the_input_does_not_matter() {
    for (path, text) in all_contracts(&["tests/samples", "stdlib", "examples"]) {
        let wanted = formatted(&text);
        // Line ends of Windows, tabs, and blanks at the ends of lines.
        let other = text.replace("\n    ", "\n\t").replace('\n', "  \r\n");
        assert_eq!(formatted(&other), wanted, "{path}");
        // Lines broken wherever an open bracket or comma allows it, outside of text and comments.
        let mut broken = String::new();
        let tokens = agentpass_grammar::lex(&text);
        for (at, token) in tokens.iter().enumerate() {
            broken.push_str(token.text(&text));
            let ends = tokens.iter().skip(at + 1).find(|token| token.kind != Kind::Blank);
            let stays = ends.is_none_or(|next| next.kind == Kind::Newline || next.kind.is_comment());
            if matches!(token.kind, Kind::Comma | Kind::OpenParen) && !stays {
                broken.push_str("\n  ");
            }
        }
        assert_eq!(formatted(&broken), wanted, "{path}");
    }
}

macro_rules! layouts {
    ($($name:ident: $text:literal;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), formatted($text));
        }
    )*};
}

layouts! {
    heads: "edition   2026\nuse std.pii;use std.web{untrusted,secret as s,}\nuse \"./crm.agentpass\"   as crm\n\n\n\ncontract desk{version \"1\";owner \"o\";agents \"a\",\"b\"}\nmodule  a.b\nparam project:path\nparam cap : money<USD>=$5\nparam all:list<list<int>>=[[1]]\nlabel a,b\nguarded label pii\ncontract four { version \"1\"\n owner \"o\"\n agents \"a\",\n \"b\"\n valid from 2026-01-01 until 2027-01-01 }";
    sets_and_lets: "set a: domain=[\"x.example\",\"y.example\",]\nset t: times in \"Europe/Berlin\"=[mon .. fri 09:00..17:00,22:00 .. 06:00,2026-12-18..2027-01-06,sat]\nset many: string = [\"one of many values\", \"two of many values\", \"three of many values\", \"four of many values\", \"five of many values\"]\nset noted: id = [\n \"a\", // first\n \"bbb\", // second\n \"c\", \"d\"\n // after all\n]\nset joined: string = a + b\nlet f(x:int,y)=x*2-y\nlet long = has host.classes and (some c in host.classes: c in sensitive) and has host.destination_type or x == 5 EUR\nlet g: list<int> = []";
    types: "record r{a:id/[0-9]+/,b?:list<string,0..>,c:\"x\"|\"y\"|3,\"wire-name\" as d:money<USD>as cents,e:r or null,f:list<list<int,1..5>> = [[1]]}\nhost{ }\nhost{tokens:int,cost:money<USD> as number}\njob j(customer_id:id)\nevent Suspended( user:id )\nrecord wide { environment: \"dev\" | \"staging\" | \"production\", kind: \"deploy\" | \"rollback\", repository: string, branch: string }\nrecord noted {\n    a: int, // the first\n\n    /// documented\n    b: int }";
    tools: "tool crm.read(id:id,...){action read}\ntool \"create-issue\" as issues.create(owner:string){action write;resource \"x/{owner}\";sends to github at \"github.com\"}\ntool bare()\ntools {get_*,list_*} from \"m.json\"as gh{action read\n reads github carrying all a,b}\ntools otherwise(...){deny}\ntools otherwise(...){deny because \"no\"}\non any{}\non {Read, Edit}(file_path:path) with amount,resource when x==1{deny when file_path in private because \"secret\"}\nflow a->any carrying pii when x{records at most 10;challenge c}\nflow otherwise{deny}\nskill s{source \"./s\"\ndigest sha256 \"00\"\ninvokes a.b,c.*,{x,y}\n limit{calls at most 8}}";
    facts: "tool t(a: id) {\n action pay\n resource \"{a}\"\n amount a\n reads web carrying any a, \"b\"\n sends to mail at a.domain + b.domain\n from host.x to \"y\" carrying host.z\n fields [\"a\"]\n records 3\n uses tokens host.tokens ?? 0\n uses cost $1\n releases a,b\n keeps inside\n tags x,y\n trusted result {open:bool}\n error means no effect\n runs at most 5m\n}";
    rules: "tool t(a: id) {\n require a==1 because \"one\" as first\n deny when a in b because \"two\"\n once per a,b in ledger replay for 24h as k because \"three\"\n challenge m each x in xs: x>1 when a\n\n // apart\n require a == 1 audit \"a\" because \"b\"\n let fee = a*2\n deny each c in command.commands: c.program == \"rm\" and \"r\" in c.flags and (some p in c.paths: not (p in project)) because \"`rm` deletes outside the project\"\n when a { when b { require c } ; deny }\n when has amount and amount > $100 and recipient in known_payees and not (recipient in blocked_payees) { action pay }\n}\nrequire x because \"top\"\ndeny";
    limits: "limit per job{calls at most 5}\nlimit spend per caller.user,job.id each day in \"Europe/Berlin\" when x{sum amount of pay(to: x) at most $500;calls per call.tool at most 1 then suspend job;tokens above 8_000 then challenge op when y because \"many\";denials at most 5 then warn because \"denied\" as d}\nlimit per a in any 24h { calls at most 1 // one\n // two\n retries at most 1 }";
    challenges: "challenge a{ask user;expires 15m;single use}\nchallenge longer{ask 2 of group \"x\",\"y\";separate from user,agent;reusable for 1h}\n\nchallenge apart{ask anyone}\nchallenge release{ask 2 of group \"r\"\nseparate from user\nbinds call.tool,args.x\nshows a,b\nexpires 30m\nsingle use}\nchallenge noted { ask user // whom\n}";
    expressions: "let a=not (x in y)and-z<3 or(a or b)\nlet b=(latest pay(to:x,amount:> $5,result.ok:true)within 30m).args.to\nlet c=after attempted t(a:in [1,2])by user within job with no u() since with no v since\nlet d=calls of failed \"x-y\" within 1h+sum amount of t within 7d-in_flight of u\nlet dc=(calls of failed t(a:1)within 1h with no completed t(a:1)since)+1<3 and sum amount of pay(customer_number:customer_number)by tenant within 24h with no completed approve by tenant since<$5\nlet dd=count(distinct result.n of failed t(a:1)by user within 1h)<3 and x in distinct a of t within job\nlet e=job carries pii from crm and has a.b\nlet f=x matches /a b\\/c/ and c is understood\nlet g=project/\".git\"/\"x\"\nlet h=[`git status`,null,true,2026-12-18,2026-12-18T10:00:00Z,80_000,0.75,5 EUR]\nlet i=some xxxxxxxxxxxxxx in count(yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy): each zzzzzzzzzzzzz in xxxxxxxxxxxxxx: zzzzzzzzzzzzz == 1\nlet j = first_value_of_many(argument_number_one, argument_number_two, argument_number_three, argument_number_four)\nlet k = after change.get(id: change, result.state: \"approved\", result.repo: repo, result.commit: commit) within 15m with no change.get(id: change) since\nlet l = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb + ccccccccccccccccccccccccccc - ddd\nlet m = not (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb or ccccccccccccccccccccccccccccc)";
    tests: "test \"beside\"{param p=\"/x\";host{tokens:1};auth{}\n job \"j\" as refund{customer_id:\"c\"};agent \"a\"\n after 31m;at 2026-11-23T10:00:00Z\n event Suspended{user:\"u\"}\n lift job \"j\"\ncall a.b{x:1,y:[1,{z:2}]}as first approved by m refused by n with host{tokens:2}open expect allow\nfirst returns{ok:true}\nfirst not sent\ncall c expect challenge m,n}\ntest \"below\"{call a fails expect deny because \"a long message that does not fit beside its call, however short the call is\"\ncall b expect allow expect remaining refunds $1\ncall stripe.refund { payment: \"p1\", customer_id: \"c1\", amount: $250, idempotency_key: \"k1\" } approved by manager expect deny}\ntest \"empty\"{}";
    prefixed: "tool   t(x: id) { action pay\n challenge crm . privacy when x == \"y\"\n limit per job { calls above 3 then challenge crm.privacy } }\nchallenge crm.privacy when call.action == send\ntest \"t\" {\n param crm.root = \"/x\"; job \"x\" as crm.case_work{c: \"c1\"}\n call t { x: \"y\" } approved by crm.privacy refused by crm.other expect challenge crm.privacy, crm.other }";
    comments: "//!top\n\n\n// first\nedition 2026 // year\n/// doc\n\n// between\ntool t( // open\n a: id, // a\n b: id // b\n // last\n) { // block\n\n\n action read // fact\n resource \"x\" // other\n\n // own\n require a // why\n  and b // and b\n  // before because\n  because \"x\" // end\n // at the end\n\n}\n// after\n\n\n// very last";
}

#[test]
fn broken_items_are_left_alone() {
    let text = "label   a\ntool   broken( {\n\taction   read\n\nlabel   b;  label  \n  §  x\nlet   c  =  1\nlet s = \"open\n";
    let once = format(FileId(0), text);
    assert!(!once.problems.is_empty());
    insta::assert_snapshot!("broken", once.text);
    assert_eq!(format(FileId(0), &once.text).text, once.text);
}

#[test]
fn nothing_stays_nothing() {
    for text in ["", "\n\n", "  \r\n"] {
        assert_eq!(format(FileId(0), text).text, "");
    }
    assert_eq!(formatted("edition 2026"), "edition 2026\n");
}
