// What text is, for words and sentences of people. Lengths are code points of UTF-8. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pioneer::domain {

/// Code points in valid UTF-8 (every byte that does not continue another).
std::size_t code_points(std::string_view utf8);

struct TextMeasure {
  std::size_t code_points = 0;
  bool blank = true;  ///< nothing in it leaves a mark: white space and invisible characters only
};
/// Nothing where it may not be kept: no well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong), control
/// characters (C0, DEL, C1), characters that turn the direction of what follows (U+202A–202E, U+2066–2069), and
/// noncharacters. With `lines`, tabs and line ends may stand in it.
std::optional<TextMeasure> measure_text(std::string_view utf8, bool lines);
/// Without white space and zero-width spaces at both ends. What is no UTF-8 is left as it is.
std::string_view trimmed_text(std::string_view utf8);
/// True when it may be kept, with lines, is not blank and has at most `chars_max` code points.
bool is_text(std::string_view utf8, std::size_t chars_max);
/// A lower_snake word of 1 to `chars_max` letters, digits and underscores that begins with a letter.
bool is_word(std::string_view text, std::size_t chars_max);

}  // namespace pioneer::domain
