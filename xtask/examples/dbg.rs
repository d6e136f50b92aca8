//! Debug.
use xtask::diagnostics::*;
use xtask::spec::fields::*;
fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    let text = std::fs::read_to_string(&name).unwrap_or_default();
    let level = if std::env::args().nth(2).is_some() { Level::Foreign } else { Level::Own };
    let options = xtask::Options { level, spec: "spec/presence.yaml".into(), layout: xtask::layout::Layout::own() };
    match xtask::generate(&text, &options) {
        Err(problems) => print!("{}", render(&problems, &[Source{name:&name,text:&text}], false)),
        Ok(g) => for f in g.files { let p = std::path::Path::new("/tmp/out").join(&f.path); let _ = std::fs::create_dir_all(p.parent().unwrap_or(&p)); let _ = std::fs::write(p, f.text); }
    }
}
