#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <span>
#include <string_view>

#include "adapters/media/cleaning.hpp"

namespace pioneer::adapters::media {
namespace {

/// Of dictionaries in dictionaries, written in place.
constexpr int depth_max = 32;

/// Notes about a thing rather than the thing, files inside, what is filled in and written on top of the pages, and what
/// runs when it is opened or pressed (ISO 32000-1: 14.3, 14.5, 7.11.4, 12.5–12.7; 12.4.3 and 14.7.4.3, which lead to
/// annotations by another way).
constexpr const char* unwanted[] = {"/Metadata", "/PieceInfo",     "/LastModified", "/OpenAction", "/AA",
                                    "/AF",       "/EmbeddedFiles", "/JavaScript",   "/Annots",     "/AcroForm",
                                    "/EF",       "/XFA",           "/JS",           "/Collection", "/Perms",
                                    "/Threads",  "/Obj",           "/URI"};
/// Things that are emptied wherever they are met.
constexpr std::string_view unwanted_types[] = {"/Annot", "/Action", "/Filespec", "/F", "/EmbeddedFile"};
/// Actions that leave the document or run something, by their /S.
constexpr std::string_view unwanted_actions[] = {"/JavaScript", "/Launch",     "/URI",       "/SubmitForm", "/GoToR",
                                                 "/GoToE",      "/ImportData", "/Rendition", "/Movie",      "/Sound"};

bool is_one_of(const QPDFObjectHandle& name, std::span<const std::string_view> names) {
  QPDFObjectHandle handle = name;
  return handle.isName() && std::ranges::find(names, handle.getName()) != names.end();
}

/// A JPEG without its application segments but JFIF's and Adobe's (which say how colours are meant), and without
/// comments; the same bytes where it is none.
std::string without_notes(const std::string& jpeg) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(jpeg[i]); };
  if (jpeg.size() < 4 || at(0) != 0xFF || at(1) != 0xD8) return jpeg;
  std::string out = jpeg.substr(0, 2);
  std::size_t i = 2;
  while (i + 4 <= jpeg.size() && at(i) == 0xFF && at(i + 1) != 0xDA) {
    const std::size_t size = 2 + static_cast<std::size_t>(at(i + 2)) * 256 + at(i + 3);
    const std::uint8_t marker = at(i + 1);
    if (size < 4 || i + size > jpeg.size()) return jpeg;
    const bool application = marker >= 0xE0 && marker <= 0xEF && marker != 0xE0 && marker != 0xEE;
    if (!application && marker != 0xFE) out.append(jpeg, i, size);
    i += size;
  }
  return out.append(jpeg, i);
}

void clean(QPDFObjectHandle object, int depth) {
  if (depth > depth_max) return;
  if (object.isStream()) object = object.getDict();
  if (object.isArray()) {
    for (auto& item : object.getArrayAsVector())
      if (!item.isIndirect()) clean(item, depth + 1);
  }
  if (!object.isDictionary()) return;
  if (is_one_of(object.getKey("/Type"), unwanted_types) || is_one_of(object.getKey("/S"), unwanted_actions)) {
    for (const auto& key : object.getKeys())
      if (key != "/Length" && key != "/Filter") object.removeKey(key);
    return;
  }
  for (const auto* key : unwanted) object.removeKey(key);
  for (auto& [key, value] : object.getDictAsMap())
    if (!value.isIndirect()) clean(value, depth + 1);
}

void clean_picture(QPDFObjectHandle& object) {
  if (!object.isStream()) return;
  auto filter = object.getDict().getKey("/Filter");
  if (filter.isArray() && filter.getArrayNItems() == 1) filter = filter.getArrayItem(0);
  if (!filter.isName() || filter.getName() != "/DCTDecode") return;
  const auto raw = object.getRawStreamData();
  const std::string jpeg(reinterpret_cast<const char*>(raw->getBuffer()), raw->getSize());
  const auto cleaned = without_notes(jpeg);
  if (cleaned.size() != jpeg.size())
    object.replaceStreamData(cleaned, object.getDict().getKey("/Filter"), object.getDict().getKey("/DecodeParms"));
}

}  // namespace

std::expected<std::string, Unclean> clean_document(std::string_view bytes) {
  try {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    pdf.processMemoryFile("document", bytes.data(), bytes.size());
    if (pdf.getAllPages().empty()) return std::unexpected(Unclean::unreadable);
    auto trailer = pdf.getTrailer();
    trailer.removeKey("/Info");
    trailer.removeKey("/ID");
    for (auto& object : pdf.getAllObjects()) {
      if (object.isStream() && is_one_of(object.getDict().getKey("/Type"), unwanted_types))
        object.replaceStreamData("", QPDFObjectHandle::newNull(), QPDFObjectHandle::newNull());
      clean(object, 0);
      clean_picture(object);
    }
    // What nothing refers to any more, and what earlier versions of the file held, is not written.
    QPDFWriter writer(pdf);
    writer.setOutputMemory();
    writer.setStreamDataMode(qpdf_s_preserve);
    writer.setPreserveEncryption(false);
    writer.setDeterministicID(true);
    writer.write();
    const auto written = writer.getBufferSharedPointer();
    return std::string(reinterpret_cast<const char*>(written->getBuffer()), written->getSize());
  } catch (const std::exception&) {
    return std::unexpected(Unclean::unreadable);
  }
}

}  // namespace pioneer::adapters::media
