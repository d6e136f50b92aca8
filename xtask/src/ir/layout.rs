//! The folders of the files: our own crates, or a workspace of their own.

/// The folders of the generated files, from the root of the output, and the crates' names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The models.
    pub models: String,
    /// The client.
    pub client: String,
    /// The emulator's routes; none where there is no emulator.
    pub emulator: Option<String>,
    /// The name of the models crate in Rust code.
    pub models_crate: String,
    /// For an `--out` workspace: the name of the client crate, to which the models crate adds
    /// `-models`, and the source of the runtime.
    pub workspace: Option<(String, Runtime)>,
}

/// The source of the runtime and the wire crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// A folder that holds both.
    Path(String),
    /// A registry, in this version.
    Version(String),
}

impl Layout {
    /// The layout of this repository.
    pub fn own() -> Self {
        let folder = |name: &str| format!("crates/{name}/src/generated");
        Self {
            models: folder("msgraph-presence-models"),
            client: folder("msgraph-presence"),
            emulator: Some(folder("msgraph-presence-emulator")),
            models_crate: "msgraph_presence_models".to_owned(),
            workspace: None,
        }
    }

    /// A workspace with the crates `name` and `name-models`.
    pub fn workspace(name: &str, runtime: Runtime) -> Self {
        Self {
            models: format!("{name}-models/src/generated"),
            client: format!("{name}/src/generated"),
            emulator: None,
            models_crate: format!("{}_models", name.replace('-', "_")),
            workspace: Some((name.to_owned(), runtime)),
        }
    }

    /// All folders that hold generated files and nothing else.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        [&self.models, &self.client]
            .into_iter()
            .chain(&self.emulator)
            .map(String::as_str)
    }
}

/// True for the name of a device: Windows has no file of that name, with any extension.
pub fn is_device(name: &str) -> bool {
    let numbered = name.strip_prefix("com").or(name.strip_prefix("lpt"));
    let is_port =
        numbered.is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit());
    is_port || matches!(name, "aux" | "con" | "nul" | "prn")
}
