#include "api/http/tickets.hpp"

#include <algorithm>
#include <utility>

#include "api/text/bytes.hpp"

namespace pioneer::api::http {
namespace {

constexpr std::string_view mark = "P1";
constexpr std::string_view purpose = "pioneer ticket 1\n";
constexpr std::size_t body_bytes = 40;

void put(std::string& into, std::uint32_t number) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) into += static_cast<char>(number >> shift & 0xFFU);
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

}  // namespace

Tickets::Tickets(const Signer& signer, std::string log_id, std::vector<const Verifier*> known)
    : signer_(signer), log_id_(std::move(log_id)), known_(std::move(known)) {}

std::string Tickets::text_of(const Ticket& ticket) const {
  std::string body = log_id_;
  body += ticket.product.view();
  put(body, ticket.claim);
  put(body, ticket.places);
  return std::string(mark) + base64url(body) + "." + base64url(signer_.sign(std::string(purpose) + body));
}

// Ed25519 signs the same message to the same bytes, so what we would write ourselves is what is genuine.
std::optional<Ticket> Tickets::read(std::string_view text) const {
  if (!text.starts_with(mark)) return std::nullopt;
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto body = from_base64url(text.substr(mark.size(), dot - mark.size()));
  if (!body || body->size() != body_bytes || !body->starts_with(log_id_)) return std::nullopt;
  const Ticket ticket{domain::Id::of(std::string_view(*body).substr(16, 16)), number_at(*body, 32),
                      number_at(*body, 36)};
  if (text_of(ticket) == text) return ticket;
  const auto signature = from_base64url(text.substr(dot + 1));
  const auto message = std::string(purpose) + *body;
  const bool earlier = signature && std::ranges::any_of(known_, [&](const Verifier* key) {
                         return key->signed_this(message, *signature);
                       });
  return earlier ? std::optional(ticket) : std::nullopt;
}

}  // namespace pioneer::api::http
