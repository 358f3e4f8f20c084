#include "api/evidence/evidence.hpp"

#include <algorithm>

#include "api/evidence/read_me.hpp"
#include "api/evidence/told_entry.hpp"
#include "api/proofs/key_history.hpp"
#include "api/proofs/receipt.hpp"
#include "api/text/bytes.hpp"

namespace pioneer::api::evidence {
namespace {

using eventstore::Result;

constexpr std::string_view place_begins = R"(<script id="embedded" type="application/json">)";
constexpr std::string_view place_ends = "</script>";

std::string proof_of(const Evidence& evidence, const Entry& entry) {
  return write_receipt({entry.record, entry.position, entry.path, evidence.checkpoint});
}

std::string manifest_of(const Evidence& evidence) {
  return "pioneer-evidence 1\norigin " + evidence.origin + "\nstream " + evidence.stream + "\nfrom " +
         std::to_string(evidence.from) + "\nto " + std::to_string(evidence.to) + "\n";
}

std::string consistency_file(const Kept& kept) {
  std::string lines;
  for (const auto& hash : kept.consistency) lines += base64(hash.view()) + "\n";
  return lines;
}

/// A JSON string. `<` is escaped too: no text ends the element that it stands in.
std::string json_text(std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < ' ' || c == '<') {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

constexpr std::string_view html_begins =
    "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'\"><meta name=\"viewport\" "
    "content=\"width=device-width, initial-scale=1\"><title>证据内容 What the evidence says</title><style>"
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem;overflow-wrap:anywhere}"
    "section{border-top:1px solid #999;margin-top:1rem}dt{font-weight:600}dd{margin-inline-start:1rem}"
    "</style></head><body><h1>证据内容 What the evidence says</h1>\n";

}  // namespace

bool is_attached(std::string_view file) {
  return (file.starts_with("stamps/") && file.ends_with(".tsr")) || file == key_history_file;
}

bool is_kept(std::string_view file) {
  if (file.ends_with(consistency_suffix) || file.ends_with(".new")) return false;
  return file.starts_with("checkpoints/") || (file.starts_with("stamps/") && !file.ends_with(".tsr"));
}

std::string entry_file(std::uint64_t position) { return "entries/" + std::to_string(position) + ".entry"; }
std::string proof_file(std::uint64_t position) { return "proofs/" + std::to_string(position) + ".tlog-proof"; }

std::string embedded_json(const Evidence& evidence) {
  std::string keys;
  std::string_view rest = evidence.verifiers;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!line.empty()) keys += (keys.empty() ? "" : ",") + json_text(line);
  }
  std::string proofs;
  for (const auto& entry : evidence.entries) {
    proofs += (proofs.empty() ? "" : ",\n") + std::string("{\"name\":") + json_text(proof_file(entry.position)) +
              ",\"proof\":" + json_text(proof_of(evidence, entry)) + "}";
  }
  return "{\"keys\":[" + keys + "],\"proofs\":[" + proofs + "]}";
}

std::string filled_page(std::string_view page, std::string_view json) {
  const auto begins = page.find(place_begins);
  if (begins == page.npos) return {};
  const auto inside = begins + place_begins.size();
  const auto ends = page.find(place_ends, inside);
  if (ends == page.npos) return {};
  return std::string(page.substr(0, inside)) + std::string(json) + std::string(page.substr(ends));
}

std::string_view embedded_in(std::string_view page) {
  const auto begins = page.find(place_begins);
  if (begins == page.npos) return {};
  page.remove_prefix(begins + place_begins.size());
  const auto ends = page.find(place_ends);
  return ends == page.npos ? std::string_view{} : page.substr(0, ends);
}

Result<std::vector<ArchivedFile>> write_evidence(const Evidence& evidence) {
  std::string text;
  std::string html(html_begins);
  for (const auto& line : what_it_is(evidence)) {
    text += line + "\n";
    html += "<p>" + escaped_html(line) + "</p>\n";
  }
  for (const auto& entry : evidence.entries) {
    const auto told = tell_entry(entry.position, entry.record);
    if (!told) return std::unexpected(told.error());
    text += "\n" + as_text(*told);
    html += as_html(*told);
  }
  html += "</body></html>\n";
  std::vector<ArchivedFile> files;
  std::size_t bytes = 0;
  const auto add = [&](std::string name, std::string content) {
    bytes += content.size();
    files.push_back({std::move(name), std::move(content)});
  };
  add("README.txt", read_me(evidence));
  if (!evidence.page.empty()) add(std::string(page_file), filled_page(evidence.page, embedded_json(evidence)));
  add("events.txt", std::move(text));
  add("events.html", std::move(html));
  add(std::string(manifest_file), manifest_of(evidence));
  add("checkpoint", evidence.checkpoint);
  add("verifier", evidence.verifiers);
  for (const auto& entry : evidence.entries) add(entry_file(entry.position), entry.record);
  for (const auto& entry : evidence.entries) add(proof_file(entry.position), proof_of(evidence, entry));
  for (const auto& kept : evidence.kept) {
    add(kept.file, kept.note);
    add(kept.file + std::string(consistency_suffix), consistency_file(kept));
  }
  for (const auto& file : evidence.attached) add(file.name, file.bytes);
  if (bytes > bytes_max)
    return eventstore::failure("too_large", "That is more than " + std::to_string(bytes_max >> 20) +
                                                " MiB of evidence. Ask for it in parts, with --from and --to");
  return files;
}

}  // namespace pioneer::api::evidence
