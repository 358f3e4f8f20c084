#include "api/queries/answer.hpp"

#include "domain/common/common.pb.h"

namespace pioneer::queries {

void hide_personal(google::protobuf::Message& view) {
  const auto* reflection = view.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(view, &fields);
  for (const auto* field : fields) {
    if (field->options().GetExtension(domain::is) == domain::PERSONAL) {
      reflection->ClearField(&view, field);
    } else if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(view, field); ++i) {
        hide_personal(*reflection->MutableRepeatedMessage(&view, field, i));
      }
    } else {
      hide_personal(*reflection->MutableMessage(&view, field));
    }
  }
}

}  // namespace pioneer::queries
