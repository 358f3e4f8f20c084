// The numbers of sealed fields, read from the .proto files themselves.
#include "api/edge/fields.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "domain/commands.hpp"
#include "domain/events.hpp"

namespace pioneer::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// "request title" → number, over every field that carries the option.
void collect(const Descriptor& message, std::map<std::string, std::uint32_t>& found) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.options().HasExtension(domain::seal)) {
      found[message.name() + "." + field.name()] = field.options().GetExtension(domain::seal);
    }
  }
}

std::map<std::string, std::uint32_t> seals() {
  std::map<std::string, std::uint32_t> found;
  const auto* file = domain::Sealed::descriptor()->file();
  for (const auto* f : {file, domain::RegisterMember::descriptor()->file(), domain::SubmitRequest::descriptor()->file(),
                        domain::RateClaim::descriptor()->file()}) {
    for (int i = 0; i < f->message_type_count(); ++i) collect(*f->message_type(i), found);
  }
  return found;
}

TEST(SealNumbers, AreThoseOfTheMessages) {
  const auto found = seals();
  const std::map<std::string, std::uint32_t> ours{
      {"Blob.key", field::blob_key},
      {"RegisterMember.name", field::member_name},
      {"RegisterMember.phone", field::member_phone},
      {"MemberRegistered.name", field::member_name},
      {"MemberRegistered.phone", field::member_phone},
      {"RecordPersonalDataOpened.subjects", field::opened_subject},
      {"PersonalDataOpened.subjects", field::opened_subject},
      {"SubmitRequest.title", field::request_title},
      {"RequestSubmitted.title", field::request_title},
      {"ImportRequest.title", field::request_title},
      {"RequestImported.title", field::request_title},
      {"SubmitRequest.description", field::request_description},
      {"RequestSubmitted.description", field::request_description},
      {"SubmitRequest.location", field::request_location},
      {"RequestSubmitted.location", field::request_location},
      {"ImportRequest.location", field::request_location},
      {"RequestImported.location", field::request_location},
      {"SubmitRequest.beneficiary_name", field::beneficiary_name},
      {"RequestSubmitted.beneficiary_name", field::beneficiary_name},
      {"SubmitRequest.beneficiary_phone", field::beneficiary_phone},
      {"RequestSubmitted.beneficiary_phone", field::beneficiary_phone},
      {"ReportProgress.text", field::progress_text},
      {"RequestProgressed.text", field::progress_text},
      {"ResolveRequest.text", field::resolution_text},
      {"RequestResolved.text", field::resolution_text},
      {"DisputeRequest.reason", field::dispute_reason},
      {"RequestDisputed.reason", field::dispute_reason},
      {"RateRequest.comment", field::request_comment},
      {"RequestRated.comment", field::request_comment},
      {"WithdrawRequest.reason", field::withdrawal_reason},
      {"RequestWithdrawn.reason", field::withdrawal_reason},
      {"RateClaim.comment", field::claim_comment},
      {"ClaimRated.comment", field::claim_comment},
      {"RateClaim.problem", field::claim_problem},
      {"ClaimRated.problem", field::claim_problem},
      {"Picture.key", field::picture_key},
  };
  EXPECT_EQ(found, ours);
  for (const auto& [name, number] : found) EXPECT_NE(number, field::introduction) << name;
}

}  // namespace
}  // namespace pioneer::api
