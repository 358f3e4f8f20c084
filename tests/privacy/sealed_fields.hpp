// Walks a message and finds every sealed value in it with its number, by the options in the .proto files.
#pragma once

#include <functional>

#include <google/protobuf/message.h>

#include "domain/common/common.pb.h"

namespace pioneer::testing {

using VisitSealed = std::function<void(const domain::Sealed&, std::uint32_t field)>;

inline void visit_field(const google::protobuf::Message& value, const google::protobuf::FieldDescriptor& field,
                        const VisitSealed& visit);

inline void each_sealed(const google::protobuf::Message& message, const VisitSealed& visit) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const auto* field : set) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const auto* reflection = message.GetReflection();
    if (!field->is_repeated()) {
      visit_field(reflection->GetMessage(message, field), *field, visit);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      visit_field(reflection->GetRepeatedMessage(message, field, i), *field, visit);
    }
  }
}

inline void visit_field(const google::protobuf::Message& value, const google::protobuf::FieldDescriptor& field,
                        const VisitSealed& visit) {
  if (const auto* sealed = dynamic_cast<const domain::Sealed*>(&value)) {
    visit(*sealed, field.options().GetExtension(domain::seal));
  } else {
    each_sealed(value, visit);
  }
}

}  // namespace pioneer::testing
