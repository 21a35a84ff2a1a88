//! `notes_note`: a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tf_provider::schema::*;
use tf_provider::*;

model! {
    /// A note in a file.
    pub struct Note {
        /// Name of the file, without its extension.
        pub name: Attr<String> = required()
            .requires_replace()
            .identity()
            .validate(Validator::new("must not contain a slash", |name: &String| {
                match name.contains('/') {
                    true => Err(format!("must not contain a slash, and is {name:?}")),
                    false => Ok(()),
                }
            })),
        /// What the file holds.
        pub text: Attr<String> = optional().default("empty").conflicts_with(["lines"]),
        /// What the file holds, line by line.
        pub lines: Attr<Vec<String>> = optional(),
        /// Labels in the file's head.
        pub labels: Attr<BTreeMap<String, String>> = optional(),
        /// A key that is written to no file and to no state.
        pub key: Attr<String> = optional().write_only(),
        /// How many characters the key has.
        pub key_length: Attr<u64> = computed().use_state_for_unknown(),
        /// Use `labels` instead.
        pub tag: Attr<String> = optional().deprecated("Use labels instead."),
        /// Path of the file.
        pub path: Attr<String> = computed().use_state_for_unknown(),
        /// Size of the file in bytes.
        pub size: Attr<u64> = computed(),
    }
}

model! {
    /// A note as version 0 stored it.
    struct NoteV0 {
        /// What is now `name`.
        title: Attr<String> = required(),
        /// What is now `text`.
        body: Attr<String> = optional(),
    }
}

/// The resource.
pub struct NoteResource;

impl NoteResource {
    fn write(folder: &Path, mut note: Note) -> Result<Note> {
        let path = path(folder, note.name.get()?);
        let content = content(&note).unwrap_or_default();
        fs::create_dir_all(folder).explain_at("name", "The folder cannot be made")?;
        fs::write(&path, &content).explain_at("name", "The note cannot be written")?;
        note.path = path.display().to_string().into();
        note.size = Attr::Known(content.len() as u64);
        if note.key_length.is_unknown() {
            note.key_length = note
                .key
                .known()
                .map(|key| key.chars().count() as u64)
                .into();
        }
        Ok(note)
    }
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.txt"))
}

/// What the file will hold, if it is known.
fn content(note: &Note) -> Option<String> {
    match &note.lines {
        Attr::Known(lines) => Some(lines.join("\n")),
        Attr::Unknown => None,
        Attr::Null => note.text.known().cloned(),
    }
}

impl Resource for NoteResource {
    const NAME: &'static str = "notes_note";
    const VERSION: i64 = 1;
    type Client = PathBuf;
    type Model = Note;

    async fn validate_config(&self, _: &Context<PathBuf>, config: Note) -> Result<()> {
        if config.name.as_str() == Some("panic") {
            panic!("asked to");
        }
        Ok(())
    }

    async fn modify_plan(&self, cx: &Context<PathBuf>, plan: &mut Plan<Note>) -> Result<()> {
        if plan.has_changes() {
            plan.planned.size =
                content(&plan.planned).map_or(Attr::Unknown, |c| Attr::Known(c.len() as u64));
        }
        if plan.is_create()
            && let Some(name) = plan.planned.name.as_str()
        {
            plan.planned.path = path(cx.client()?, name).display().to_string().into();
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<PathBuf>, plan: Note) -> Result<Note> {
        Self::write(cx.client()?, plan)
    }

    async fn read(&self, cx: &Context<PathBuf>, mut note: Note) -> Result<Option<Note>> {
        let path = path(cx.client()?, note.name.get()?);
        let Ok(text) = fs::read_to_string(&path) else {
            return Ok(None);
        };
        note.path = path.display().to_string().into();
        note.size = Attr::Known(text.len() as u64);
        match note.lines {
            Attr::Known(_) => note.lines = Attr::Known(text.lines().map(str::to_owned).collect()),
            _ => note.text = text.into(),
        }
        Ok(Some(note))
    }

    async fn update(&self, cx: &Context<PathBuf>, plan: Note, _: Note) -> Result<Note> {
        Self::write(cx.client()?, plan)
    }

    async fn delete(&self, cx: &Context<PathBuf>, note: Note) -> Result<()> {
        match fs::remove_file(path(cx.client()?, note.name.get()?)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed.explain("The note cannot be removed"),
        }
    }

    async fn import_state(&self, cx: &Context<PathBuf>, id: String) -> Result<Note> {
        if !path(cx.client()?, &id).exists() {
            return Err(
                Diagnostic::error("No such note", format!("There is no note {id:?}.")).into(),
            );
        }
        Ok(Note {
            name: id.into(),
            ..Note::default()
        })
    }

    async fn upgrade_state(&self, _: &Context<PathBuf>, state: StoredState) -> Result<Note> {
        let old: NoteV0 = state.decode()?;
        Ok(Note {
            name: old.title,
            text: old.body,
            ..Note::default()
        })
    }

    async fn move_state(&self, _: &Context<PathBuf>, source: MoveSource) -> Result<Option<Note>> {
        if source.type_name != "terraform_data" {
            return Ok(None);
        }
        let data: TerraformData = source.state.decode()?;
        Ok(Some(Note {
            name: data.id,
            ..Note::default()
        }))
    }
}

model! {
    /// As much of Terraform's own `terraform_data` as a note can take over.
    struct TerraformData {
        /// Becomes the note's name.
        id: Attr<String> = computed(),
    }
}
