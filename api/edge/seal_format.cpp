#include "api/edge/seal_format.hpp"

#include "domain/streams.hpp"

namespace pioneer::api {

std::size_t padded_size(std::size_t value_bytes) {
  const std::size_t with_mark = value_bytes + 1;
  if (with_mark <= 32) return 32;
  const std::size_t step = with_mark <= 64 ? 16 : 64;
  return (with_mark + step - 1) / step * step;
}

std::string padded(std::string_view value) {
  std::string out;
  out.reserve(padded_size(value.size()));
  out.append(value).push_back('\x80');
  out.resize(padded_size(value.size()), '\0');
  return out;
}

std::string_view context_of(std::string_view stream) {
  const auto [kind, rest] = domain::parts_of(stream);
  if (kind != domain::stream_kind::access) return stream;
  return stream.substr(0, kind.size() + 1 + rest.substr(0, rest.find('-')).size());
}

std::string associated_bytes(std::string_view log_id, std::string_view stream, std::uint32_t field,
                             const domain::Id& key) {
  const auto context = context_of(stream);
  std::string out;
  out.reserve(log_id.size() + context.size() + 4 + key.bytes.size());
  out.append(log_id).append(context);
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(field >> shift));
  out.append(key.view());
  return out;
}

}  // namespace pioneer::api
