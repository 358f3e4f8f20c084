#include "api/queries/event_view.hpp"

#include <algorithm>

#include "api/queries/names.hpp"
#include "api/queries/opened_field.hpp"
#include "api/text/bytes.hpp"
#include "api/text/words.hpp"
#include "projections/engine/row.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t id_bytes = sizeof(Id::bytes);

/// An identifier reads as everywhere else; other bytes are base64.
std::string bytes_text(const std::string& bytes) {
  return bytes.size() == id_bytes ? Id::of(bytes).text() : api::base64(bytes);
}

void to_struct(const Message& message, google::protobuf::Struct& into);

google::protobuf::Value value_of(const Message& message, const FieldDescriptor* field, int index) {
  const auto* r = message.GetReflection();
  const bool many = field->is_repeated();
  google::protobuf::Value value;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const auto s = many ? r->GetRepeatedString(message, field, index) : r->GetString(message, field);
      value.set_string_value(field->type() == FieldDescriptor::TYPE_BYTES ? bytes_text(s) : s);
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT32:
      value.set_number_value(many ? r->GetRepeatedUInt32(message, field, index) : r->GetUInt32(message, field));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      value.set_string_value(std::to_string(r->GetUInt64(message, field)));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      value.set_string_value(std::to_string(r->GetInt64(message, field)));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      value.set_number_value(r->GetDouble(message, field));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      value.set_bool_value(r->GetBool(message, field));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      value.set_string_value(
          std::string(api::word_of(*(many ? r->GetRepeatedEnum(message, field, index) : r->GetEnum(message, field)))));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      to_struct(many ? r->GetRepeatedMessage(message, field, index) : r->GetMessage(message, field),
                *value.mutable_struct_value());
      break;
    default:
      break;  // no event has such a field
  }
  return value;
}

/// Events hold instants as microseconds ("due_us"); they are shown as times ("due"), and zero, which says none, not at
/// all.
bool shown_as_time(const Message& message, const FieldDescriptor* field, google::protobuf::Struct& into) {
  const bool is_time = field->cpp_type() == FieldDescriptor::CPPTYPE_INT64 && field->name().ends_with("_us");
  if (!is_time) return false;
  const auto us = message.GetReflection()->GetInt64(message, field);
  std::string text;
  projections::append_json_time(text, {us});
  const auto& name = field->json_name();
  if (us != 0) {
    (*into.mutable_fields())[name.substr(0, name.size() - 2)].set_string_value(text.substr(1, text.size() - 2));
  }
  return true;
}

void to_struct(const Message& message, google::protobuf::Struct& into) {
  const auto* r = message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (shown_as_time(message, field, into)) continue;
    auto& slot = (*into.mutable_fields())[field->json_name()];
    if (field->is_repeated()) {
      auto& list = *slot.mutable_list_value();
      for (int k = 0; k < r->FieldSize(message, field); ++k) *list.add_values() = value_of(message, field, k);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !r->HasField(message, field)) {
      into.mutable_fields()->erase(field->json_name());
    } else {
      slot = value_of(message, field, 0);
    }
  }
}

/// Ids of organisations in an event, at every depth.
void gather(const Message& message, const domain::organisations::Directory& directory, std::vector<Id>& into) {
  const auto* r = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  r->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const int count = field->is_repeated() ? r->FieldSize(message, field) : 1;
      for (int i = 0; i < count; ++i)
        gather(field->is_repeated() ? r->GetRepeatedMessage(message, field, i) : r->GetMessage(message, field),
               directory, into);
    } else if (field->type() == FieldDescriptor::TYPE_BYTES && !field->is_repeated()) {
      const auto bytes = r->GetString(message, field);
      if (bytes.size() != id_bytes) continue;
      const auto id = Id::of(bytes);
      if (directory.find(id) != nullptr) into.push_back(id);
    }
  }
}

void open_event(const Message& event, const std::string& stream, const api::Edge& edge, api::EventView& view) {
  const auto* type = event.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    const auto& options = field->options();
    // A place is more than a text; a photo is seen with the request.
    if (field->is_repeated() || field->message_type() != domain::Sealed::descriptor() ||
        options.GetExtension(domain::is) != domain::RESTRICTED || field->name() == "location")
      continue;
    const auto& sealed = dynamic_cast<const domain::Sealed&>(event.GetReflection()->GetMessage(event, field));
    open_into(edge, sealed, stream, options.GetExtension(domain::seal), [&](std::string text) {
      auto& opened = *view.add_opened();
      opened.set_field(field->json_name());
      opened.set_text(std::move(text));
    });
  }
}

}  // namespace

void show_events(const projections::Part& part, google::protobuf::RepeatedPtrField<api::EventView>& into) {
  std::uint64_t revision = part.first_revision;
  for (const auto& event : part.events) {
    auto& view = *into.Add();
    view.set_revision(revision++);
    view.set_type(std::string(domain::event_type(event)));
    std::visit([&](const auto& e) { to_struct(e, *view.mutable_data()); }, event);
  }
}

void open_values(const projections::Part& part, const api::Edge& edge,
                 google::protobuf::RepeatedPtrField<api::EventView>& views) {
  for (std::size_t i = 0; i < part.events.size(); ++i) {
    auto& view = *views.Mutable(static_cast<int>(i));
    std::visit([&](const auto& event) { open_event(event, part.raw->stream(), edge, view); }, part.events[i]);
  }
}

bool show_post(const node::Community& community, const Id& actor, api::RoleView& view) {
  const auto* holding = community.roster.holding(actor);
  if (holding == nullptr) return false;
  view.set_role(holding->role);
  name_organisation(community.directory, holding->organisation, *view.mutable_organisation());
  return true;
}

void Mentioned::note(const projections::Part& part, const domain::organisations::Directory& directory) {
  for (const auto& event : part.events) std::visit([&](const auto& e) { gather(e, directory, ids_); }, event);
}

void Mentioned::name_all(const domain::organisations::Directory& directory,
                         google::protobuf::RepeatedPtrField<api::OrganisationName>& into) {
  std::ranges::sort(ids_);
  const auto rest = std::ranges::unique(ids_);
  ids_.erase(rest.begin(), rest.end());
  for (const auto& id : ids_) {
    // Under the id that the event has: it may be merged today.
    auto& name = *into.Add();
    name.set_id(id.text());
    name.set_name(directory.find(id)->name);
  }
}

}  // namespace pioneer::queries
