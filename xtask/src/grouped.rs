//! Numbers as a person reads them: the digits in threes.

/// `250,000`, or with another separator `604_800`.
pub fn grouped(number: impl ToString, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}
