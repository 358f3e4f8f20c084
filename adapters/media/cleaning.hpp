// What the program pioneer_media does to the bytes that it is given. It runs alone in a process with limits: whatever
// a hostile file makes of the libraries ends there.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace pioneer::adapters::media {

/// Exit codes of the program; 0: the cleaned bytes are on its standard output.
enum class Unclean { unreadable = 1, too_long = 2 };

/// Ogg or WebM with Opus, MP4 with AAC or Opus: the sound's packets as they are, in a container made anew. How long it
/// is follows from the packets, whatever times the file tells.
std::expected<std::string, Unclean> clean_voice(std::string_view bytes, std::string_view media_type);
/// PDF. Pictures in JPEG lose their own notes too.
std::expected<std::string, Unclean> clean_document(std::string_view bytes);

}  // namespace pioneer::adapters::media
