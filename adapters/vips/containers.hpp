// The outer structure of picture files, walked before a library that unpacks reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pioneer::adapters::vips {

/// The same PNG with nothing but what its pixels need (IHDR, PLTE, tRNS, IDAT, IEND) and how it was held (one eXIf of
/// at most 64 KiB): text and colour profiles are compressed, and a few kilobytes of them unpack to gigabytes. What
/// stands behind the end goes too. Nothing if the pixels' own data unpacks to more than the header's size can need, or
/// if the chunks do not follow each other, from the header to the end (PNG specification, third edition, 5.2–5.6);
/// their checksums are the decoder's to look at.
std::optional<std::string> pixels_of_png(std::string_view png);

/// Whether a JPEG's segments and scans reach its end marker (ITU-T T.81, B.1.1): one that was cut does not.
bool is_whole_jpeg(std::string_view jpeg);

}  // namespace pioneer::adapters::vips
