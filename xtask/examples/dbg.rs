//! Debug.
use xtask::diagnostics::*;
use xtask::spec::fields::*;
fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    let text = std::fs::read_to_string(&name).unwrap_or_default();
    let level = if std::env::args().nth(2).is_some() { Level::Foreign } else { Level::Own };
    let mut reader = Reader::new(level);
    let node = xtask::spec::yaml::parse(&text, 0, &mut reader.problems);
    let Some(node) = node else { println!("{}", render(&reader.problems.sorted(), &[Source{name:&name,text:&text}], false)); return };
    let document = xtask::spec::read::document(&mut reader, &node);
    let api = xtask::lower::lower(&document, &mut reader);
    if reader.problems.is_empty() { println!("{api:#?}"); } else {
    println!("{}", render(&reader.problems.sorted(), &[Source{name:&name,text:&text}], false)); }
}
