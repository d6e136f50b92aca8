//! The folders of the generated files.

/// The folders, relative to the root of the output, and the names of the crates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The folder of the models.
    pub models: String,
    /// The folder of the client.
    pub client: String,
    /// The folder of the emulator's routes, if there is an emulator.
    pub emulator: Option<String>,
    /// The name of the models crate in Rust code.
    pub models_crate: String,
    /// For an `--out` workspace, the name of the client crate and the source of the runtime. The
    /// models crate has the same name with `-models`.
    pub workspace: Option<(String, Runtime)>,
}

/// The source of the crates `msgraph-runtime` and `msgraph-wire`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// A folder that contains both.
    Path(String),
    /// A version in the registry.
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

    /// The layout of a workspace with the crates `name` and `name-models`.
    pub fn workspace(name: &str, runtime: Runtime) -> Self {
        Self {
            models: format!("{name}-models/src/generated"),
            client: format!("{name}/src/generated"),
            emulator: None,
            models_crate: format!("{}_models", name.replace('-', "_")),
            workspace: Some((name.to_owned(), runtime)),
        }
    }

    /// The folders that contain only generated files.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        [&self.models, &self.client]
            .into_iter()
            .chain(&self.emulator)
            .map(String::as_str)
    }
}

/// True for the name of a device, which no file on Windows can have.
pub fn is_device(name: &str) -> bool {
    let numbered = name.strip_prefix("com").or(name.strip_prefix("lpt"));
    let is_port =
        numbered.is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit());
    is_port || matches!(name, "aux" | "con" | "nul" | "prn")
}
