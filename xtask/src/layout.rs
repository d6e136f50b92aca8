//! Where the files go.

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
