#include "api/bus/subscription.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "api/bus/answers.hpp"
#include "api/bus/operations.hpp"
#include "api/http/headers.hpp"

namespace pioneer::api::bus {
namespace {

/// What stands behind "name: " in its line of a block; empty: no such line.
std::string_view line_of(std::string_view block, std::string_view name) {
  while (!block.empty()) {
    const auto end = std::min(block.find('\n'), block.size());
    const auto line = block.substr(0, end);
    block.remove_prefix(std::min(end + 1, block.size()));
    if (line.starts_with(name)) return line.substr(name.size());
  }
  return {};
}

/// A frame holds blocks with an empty line behind each (HTML, "server-sent events").
std::vector<Told> told_by(std::string_view frame) {
  std::vector<Told> out;
  while (!frame.empty()) {
    const auto end = std::min(frame.find("\n\n"), frame.size());
    const auto block = frame.substr(0, end);
    frame.remove_prefix(std::min(end + 2, frame.size()));
    BusAnswer answer;
    const auto position = http::whole_number(line_of(block, "id: "));
    if (position) answer.set_position(*position);
    const auto data = line_of(block, "data: ");
    if (data.empty() || !read_answer(data, *answer.mutable_events())) answer.mutable_mark();
    out.push_back({position, answer.SerializeAsString()});
  }
  return out;
}

/// A message is the sum of its parts' bytes (protobuf, "Last One Wins").
std::string with_id(std::uint64_t id, const std::string& rest) {
  BusAnswer head;
  head.set_id(id);
  auto out = head.SerializeAsString();
  out += rest;
  return out;
}

}  // namespace

FrameReader::Read FrameReader::read(const HttpFrame& frame) {
  {
    const std::lock_guard lock(mutex_);
    if (last_ == frame) return read_;
  }
  auto read = std::make_shared<const std::vector<Told>>(told_by(*frame));
  const std::lock_guard lock(mutex_);
  last_ = frame;
  read_ = read;
  return read;
}

bool Subscription::push(HttpFrame frame) {
  const auto told = reader_->read(frame);
  const std::lock_guard lock(mutex_);
  if (!back_) return false;
  if (back_->queued_bytes() > queue_bytes_max) {
    auto answer = problem_answer(id_, {.code = "slow", .detail = "Subscribe again, from the position behind this one."},
                                 language_);
    if (position_) answer.set_position(*position_);
    end(answer.SerializeAsString());
    return false;
  }
  for (const auto& one : *told) {
    if (!back_->send(with_id(id_, one.without_id))) {
      back_.reset();
      return false;
    }
    if (one.position) position_ = one.position;
  }
  return true;
}

bool Subscription::closed() const {
  const std::lock_guard lock(mutex_);
  return !back_ || back_->closed();
}

std::size_t Subscription::queued_bytes() const {
  const std::lock_guard lock(mutex_);
  return back_ ? back_->queued_bytes() : 0;
}

void Subscription::close() {
  const std::lock_guard lock(mutex_);
  if (!back_) return;
  BusAnswer answer;
  answer.set_id(id_);
  if (position_) answer.set_position(*position_);
  answer.mutable_ended();
  end(answer.SerializeAsString());
}

void Subscription::end(std::string message) {
  back_->send(std::move(message));
  back_.reset();
}

SubscriptionAnswer::~SubscriptionAnswer() { respond(http::problem_response({.code = "internal"})); }

void SubscriptionAnswer::respond(HttpResponse response) {
  const std::lock_guard lock(mutex_);
  if (!back_) return;
  back_->send(answer_of(id_, http::route_of(http::Operation::get_events), response).SerializeAsString());
  back_.reset();
  subscription_.reset();
}

std::shared_ptr<EventStream> SubscriptionAnswer::stream(HttpResponse) {
  const std::lock_guard lock(mutex_);
  if (!back_) return nullptr;
  back_.reset();
  return std::exchange(subscription_, nullptr);
}

}  // namespace pioneer::api::bus
