//! The provider's functions.

use std::path::PathBuf;

use tf_provider::schema::*;
use tf_provider::*;

model! {
    /// Counts the words of a text.
    ///
    /// Words are what white space separates.
    pub struct WordCountArguments {
        /// The text.
        pub text: String = required(),
    }
}

/// `provider::notes::word_count(text)`.
pub struct WordCount;

impl Function for WordCount {
    const NAME: &'static str = "word_count";
    type Client = PathBuf;
    type Arguments = WordCountArguments;
    type Output = u64;

    async fn run(
        &self,
        _: &Context<PathBuf>,
        arguments: WordCountArguments,
    ) -> Result<u64, FunctionError> {
        Ok(arguments.text.split_whitespace().count() as u64)
    }
}

model! {
    /// Joins words.
    pub struct JoinWordsArguments {
        /// What stands between the words; a space where it is null.
        pub separator: Option<String> = required(),
        /// The words.
        pub words: Vec<String> = required(),
    }
}

/// `provider::notes::join_words(separator, words...)`.
pub struct JoinWords;

impl Function for JoinWords {
    const NAME: &'static str = "join_words";
    const VARIADIC: bool = true;
    type Client = PathBuf;
    type Arguments = JoinWordsArguments;
    type Output = String;

    async fn run(
        &self,
        _: &Context<PathBuf>,
        arguments: JoinWordsArguments,
    ) -> Result<String, FunctionError> {
        if arguments.words.is_empty() {
            return Err(FunctionError::new("There is nothing to join.").at("words"));
        }
        Ok(arguments
            .words
            .join(arguments.separator.as_deref().unwrap_or(" ")))
    }
}
