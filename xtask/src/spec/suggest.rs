//! The nearest of some known words, for a word that is misspelt.

/// The known word that is nearest, when one is near enough to be meant.
pub fn nearest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A very long word is no misspelling, and comparing it would take long.
    if word.len() > 64 {
        return None;
    }
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= 64)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters to add, remove, change or swap with their neighbour; case counts nothing.
fn distance(a: &str, b: &str) -> usize {
    strsim::osa_distance(&a.to_lowercase(), &b.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant() {
        let known = ["required", "requestBody", "type", "properties", "$ref"];
        for (word, expected) in [
            ("requried", Some("required")),
            ("Required", Some("required")),
            ("requestbody", Some("requestBody")),
            ("tpye", Some("type")),
            ("property", None),
            ("propertys", Some("properties")),
            ("ref", Some("$ref")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
    }
}
