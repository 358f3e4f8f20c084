#include "api/evidence/told_entry.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "api/text/bytes.hpp"
#include "api/text/words.hpp"
#include "domain/common/rules.hpp"
#include "eventstore/commit.hpp"
#include "projections/engine/row.hpp"

namespace pioneer::api::evidence {
namespace {

using domain::Id;
using eventstore::Result;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::string_view sealed = "〔密封：仅有权者可打开 sealed: only who may can open it〕";

std::string time_of(std::int64_t us) {
  std::string text;
  projections::append_json_time(text, {us});
  return text.substr(1, text.size() - 2);
}

/// Further lines of a text stand behind a bar, so that none of them can pass for a field.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n')
      out += "\n        | ";
    else
      out += static_cast<unsigned char>(c) < ' ' || c == 0x7F ? '?' : c;
  }
  return out;
}

std::string bytes_of(const std::string& bytes) { return bytes.size() == 16 ? Id::of(bytes).text() : hex(bytes); }

/// One value of a field; nothing where there is none to tell.
std::string value_of(const Message& message, const FieldDescriptor& field, int index) {
  const auto& r = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const auto text = many ? r.GetRepeatedString(message, &field, index) : r.GetString(message, &field);
      if (text.empty()) return {};
      return field.type() == FieldDescriptor::TYPE_BYTES ? bytes_of(text) : plain(text);
    }
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(many ? r.GetRepeatedUInt32(message, &field, index) : r.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(r.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_INT64: {
      const auto us = r.GetInt64(message, &field);
      return us == 0 ? std::string() : time_of(us);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return r.GetBool(message, &field) ? "是 yes" : "否 no";
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::string(word_of(*(many ? r.GetRepeatedEnum(message, &field, index) : r.GetEnum(message, &field))));
    default:
      return {};
  }
}

Words below(const Words& above, const Words& label) {
  if (above.zh.empty()) return label;
  return {above.zh + " · " + label.zh, above.en + " · " + label.en};
}

void tell_fields(const Message& message, const Words& above, std::vector<ToldField>& into) {
  const auto& r = *message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto& field = *type->field(i);
    const auto label = below(above, field_words(field.name()));
    const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field.is_repeated() && !is_message) {
      std::string list;
      for (int k = 0; k < r.FieldSize(message, &field); ++k)
        list += (list.empty() ? "" : ", ") + value_of(message, field, k);
      if (!list.empty()) into.push_back({label, list});
      continue;
    }
    if (!is_message) {
      if (auto value = value_of(message, field, 0); !value.empty()) into.push_back({label, std::move(value)});
      continue;
    }
    const int count = field.is_repeated() ? r.FieldSize(message, &field) : (r.HasField(message, &field) ? 1 : 0);
    for (int k = 0; k < count; ++k) {
      const auto& one = field.is_repeated() ? r.GetRepeatedMessage(message, &field, k) : r.GetMessage(message, &field);
      const auto number = field.is_repeated() ? " " + std::to_string(k + 1) : std::string();
      const Words numbered{label.zh + number, label.en + number};
      if (one.GetDescriptor() == domain::Sealed::descriptor())
        into.push_back({numbered, std::string(sealed)});
      else
        tell_fields(one, numbered, into);
    }
  }
}

ToldPart tell_part(const projections::Part& part) {
  return {plain(part.raw->stream()), part.first_revision, part.actor.is_zero() ? "" : part.actor.text(),
          tell_events(part)};
}

/// "标签 label: value"
std::string pair(std::string_view zh, std::string_view en, std::string_view value) {
  return std::string(zh) + " " + std::string(en) + ": " + std::string(value);
}

/// The lines above an entry's events.
std::vector<std::string> head_of(const ToldEntry& entry) {
  std::vector<std::string> lines;
  lines.push_back(pair("记录时间", "recorded", entry.recorded_at));
  if (!entry.occurred_at.empty()) lines.push_back(pair("发生时间", "occurred", entry.occurred_at));
  lines.push_back(pair("叶散列", "leaf hash", entry.leaf_hash));
  if (!entry.parts.empty()) lines.push_back(pair("所依规则版本", "policy of entry", std::to_string(entry.policy)));
  for (const auto& rule : entry.rules) lines.push_back(pair("依据", "rule", rule.zh + " / " + rule.en));
  for (const auto& fact : entry.facts) lines.push_back(pair("事实", "fact", fact));
  if (entry.parts.empty()) lines.push_back("日志开启新纪元 the log was opened for writing");
  return lines;
}

std::string actor_of(const ToldPart& part) {
  return part.actor.empty() ? "系统 the system" : "化名或职务授权 pseudonym or role grant " + part.actor;
}

}  // namespace

std::vector<ToldEvent> tell_events(const projections::Part& part) {
  std::vector<ToldEvent> told;
  for (const auto& event : part.events) {
    ToldEvent one{event_words(domain::event_type(event)), std::string(domain::event_type(event)), {}};
    std::visit([&](const auto& e) { tell_fields(e, {}, one.fields); }, event);
    told.push_back(std::move(one));
  }
  return told;
}

Result<ToldEntry> tell_entry(std::uint64_t position, std::string_view record) {
  const auto accepted = eventstore::parse_commit({eventstore::Sequence{position}, std::string(record)});
  if (!accepted) return std::unexpected(accepted.error());
  const auto commit = projections::read_commit(*accepted);
  if (!commit) return std::unexpected(commit.error());
  ToldEntry told;
  told.position = position;
  told.recorded_at = time_of(commit->recorded_at.us);
  if (commit->occurred_at != commit->recorded_at) told.occurred_at = time_of(commit->occurred_at.us);
  told.policy = accepted->body.policy_sequence();
  told.leaf_hash = hex(accepted->leaf.view());
  for (const auto rule : accepted->body.rules()) {
    const auto* known = domain::rule_text(rule);
    const auto name = domain::rule_name(rule);
    told.rules.push_back(known == nullptr ? Words{name, name}
                                          : Words{std::string(known->zh), std::string(known->en) + " (" + name + ")"});
  }
  for (const auto& fact : accepted->body.facts())
    told.facts.push_back(plain(fact.name()) + " " + std::to_string(fact.value()));
  for (const auto& part : commit->parts) told.parts.push_back(tell_part(part));
  return told;
}

std::string as_text(const ToldEntry& entry) {
  std::string text = "〔" + std::to_string(entry.position) + "〕\n";
  for (const auto& line : head_of(entry)) text += "  " + line + "\n";
  for (const auto& part : entry.parts) {
    text += "  " + part.stream + ", " + pair("修订", "revision", std::to_string(part.first_revision)) + ", " +
            pair("由", "by", actor_of(part)) + "\n";
    text += as_text(part.events);
  }
  return text;
}

std::string as_text(std::span<const ToldEvent> events) {
  std::string text;
  for (const auto& event : events) {
    text += "    " + event.title.zh + " " + event.title.en + " (" + event.type + ")\n";
    for (const auto& field : event.fields) text += "      " + pair(field.label.zh, field.label.en, field.value) + "\n";
  }
  return text;
}

std::string escaped_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string as_html(const ToldEntry& entry) {
  std::string html = "<section><h2>〔" + std::to_string(entry.position) + "〕</h2>\n<ul>";
  for (const auto& line : head_of(entry)) html += "<li>" + escaped_html(line) + "</li>";
  html += "</ul>\n";
  for (const auto& part : entry.parts) {
    html += "<h3>" + escaped_html(part.stream) + "</h3>\n<p>" +
            escaped_html(pair("修订", "revision", std::to_string(part.first_revision)) + ", " +
                         pair("由", "by", actor_of(part))) +
            "</p>\n";
    for (const auto& event : part.events) {
      html += "<h4>" + escaped_html(event.title.zh + " " + event.title.en) + " <code>" + escaped_html(event.type) +
              "</code></h4>\n<dl>";
      for (const auto& field : event.fields)
        html += "<dt>" + escaped_html(field.label.zh + " " + field.label.en) + "</dt><dd>" + escaped_html(field.value) +
                "</dd>";
      html += "</dl>\n";
    }
  }
  return html + "</section>\n";
}

}  // namespace pioneer::api::evidence
