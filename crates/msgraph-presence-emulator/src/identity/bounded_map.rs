//! A map from secret texts to values that forgets its oldest entries.

use std::collections::VecDeque;

/// The largest number of entries.
const MAX: usize = 1000;

/// The entries, the oldest first.
pub(super) struct BoundedMap<T>(VecDeque<(String, T)>);

impl<T> Default for BoundedMap<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> BoundedMap<T> {
    pub(super) fn add(&mut self, secret: String, value: T) {
        if self.0.len() == MAX {
            self.0.pop_front();
        }
        self.0.push_back((secret, value));
    }

    pub(super) fn get_mut(&mut self, secret: &str) -> Option<&mut T> {
        let found = self.0.iter_mut().find(|(known, _)| known == secret);
        found.map(|(_, value)| value)
    }

    pub(super) fn take(&mut self, secret: &str) -> Option<T> {
        let index = self.0.iter().position(|(known, _)| known == secret)?;
        self.0.remove(index).map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(secret, value)| (&**secret, value))
    }
}
