#include "adapters/openssl/time_stamping.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <array>
#include <cstring>
#include <ctime>
#include <filesystem>

namespace pioneer::adapters {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr int nonce_bytes = 8;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* one) const {
    Free(one);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

using Query = Owned<TS_REQ, TS_REQ_free>;
using Reply = Owned<TS_RESP, TS_RESP_free>;
using Imprint = Owned<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free>;
using Algorithm = Owned<X509_ALGOR, X509_ALGOR_free>;
using Number = Owned<BIGNUM, BN_free>;
using Integer = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using Store = Owned<X509_STORE, X509_STORE_free>;
using Verification = Owned<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;

/// What OpenSSL says was wrong first; its queue is empty afterwards.
std::string reason() {
  const auto code = ERR_peek_error();
  const char* words = code == 0 ? nullptr : ERR_reason_error_string(code);
  std::string text = words == nullptr ? "it is no answer to this query" : words;
  ERR_clear_error();
  return text;
}

Reply parse_reply(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = at + bytes.size();
  Reply reply(d2i_TS_RESP(nullptr, &at, static_cast<long>(bytes.size())));
  if (at != end) reply.reset();
  ERR_clear_error();
  return reply;
}

bool is_granted(TS_RESP& reply) {
  constexpr long granted_with_changes = 1;  // 0: granted
  const auto* status = TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(&reply));
  return ASN1_INTEGER_get(status) <= granted_with_changes;
}

/// That it is a stamp of this SHA-256.
bool is_of(TS_RESP& reply, const eventstore::Hash& digest) {
  auto* const token = TS_RESP_get_tst_info(&reply);
  auto* const imprint = token == nullptr ? nullptr : TS_TST_INFO_get_msg_imprint(token);
  if (imprint == nullptr) return false;
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const ASN1_OCTET_STRING* const bytes = TS_MSG_IMPRINT_get_msg(imprint);
  return OBJ_obj2nid(algorithm) == NID_sha256 &&
         static_cast<std::size_t>(ASN1_STRING_length(bytes)) == eventstore::Hash::size &&
         std::memcmp(ASN1_STRING_get0_data(bytes), digest.bytes.data(), eventstore::Hash::size) == 0;
}

Result<Store> store_of(const std::string& certificates) {
  Store store(X509_STORE_new());
  std::error_code failed;  // a pipe that nobody writes to would be waited for
  if (!std::filesystem::is_regular_file(certificates, failed))
    return failure("bad_certificates", certificates + " is no file of certificates in PEM.");
  if (!store || X509_STORE_load_file(store.get(), certificates.c_str()) != 1)
    return failure("bad_certificates", certificates + " holds no certificates in PEM: " + reason() + ".");
  return store;
}

/// What came along in a stamp, as if it were trusted: no word for the authority, only for its being whole.
Store own_store(TS_RESP& reply) {
  Store store(X509_STORE_new());
  PKCS7* const token = TS_RESP_get_token(&reply);
  if (!store || token == nullptr || !PKCS7_type_is_signed(token) || token->d.sign == nullptr) return nullptr;
  const auto* const certificates = token->d.sign->cert;
  for (int i = 0; i < sk_X509_num(certificates); ++i) X509_STORE_add_cert(store.get(), sk_X509_value(certificates, i));
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  ERR_clear_error();
  return store;
}

struct Verified {
  bool good = false;
  bool untrusted = false;  ///< its certificate does not lead to one of the store
  std::string words = {};
};

/// A stamp's signature, as of when it was made.
Verified verified(TS_RESP& reply, Store store, std::int64_t time_s) {
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), time_s);
  const Verification verification(TS_VERIFY_CTX_new());
  if (!verification) return {.words = reason()};
  TS_VERIFY_CTX_set_flags(verification.get(), TS_VFY_VERSION | TS_VFY_SIGNATURE);
  TS_VERIFY_CTX_set_store(verification.get(), store.release());
  if (TS_RESP_verify_response(verification.get(), &reply) == 1) return {.good = true};
  const auto last = ERR_peek_last_error();
  return {.untrusted = ERR_GET_LIB(last) == ERR_LIB_TS && ERR_GET_REASON(last) == TS_R_CERTIFICATE_VERIFY_ERROR,
          .words = reason()};
}

bool fill(TS_REQ* query, const eventstore::Hash& digest) {
  const Imprint imprint(TS_MSG_IMPRINT_new());
  const Algorithm sha256(X509_ALGOR_new());
  if (!imprint || !sha256) return false;
  X509_ALGOR_set0(sha256.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr);
  std::array<unsigned char, eventstore::Hash::size> bytes{};
  std::memcpy(bytes.data(), digest.bytes.data(), bytes.size());
  std::array<unsigned char, nonce_bytes> random{};
  if (RAND_bytes(random.data(), nonce_bytes) != 1) return false;
  random[0] = static_cast<unsigned char>(random[0] & 0x7f);
  const Number number(BN_bin2bn(random.data(), nonce_bytes, nullptr));
  const Integer nonce(number ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
  return nonce && TS_MSG_IMPRINT_set_algo(imprint.get(), sha256.get()) == 1 &&
         TS_MSG_IMPRINT_set_msg(imprint.get(), bytes.data(), static_cast<int>(bytes.size())) == 1 &&
         TS_REQ_set_version(query, 1) == 1 && TS_REQ_set_msg_imprint(query, imprint.get()) == 1 &&
         TS_REQ_set_nonce(query, nonce.get()) == 1 && TS_REQ_set_cert_req(query, 1) == 1;
}

class OpenSslTimeStamping final : public api::TimeStamping {
 public:
  OpenSslTimeStamping(Store store, std::string certificates)
      : store_(std::move(store)), certificates_(std::move(certificates)) {}

  Result<std::string> query(const eventstore::Hash& digest) override {
    const Query query(TS_REQ_new());
    unsigned char* der = nullptr;
    const int size = query && fill(query.get(), digest) ? i2d_TS_REQ(query.get(), &der) : -1;
    if (size <= 0) return failure("time_stamp_failed", "A query could not be made: " + reason() + ".");
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
  }

  Result<std::int64_t> granted(std::string_view query_bytes, std::string_view reply_bytes) const override {
    const auto* at = reinterpret_cast<const unsigned char*>(query_bytes.data());
    const Query query(d2i_TS_REQ(nullptr, &at, static_cast<long>(query_bytes.size())));
    const auto reply = parse_reply(reply_bytes);
    if (!query || !reply) return failure("bad_time_stamp", "What the authority answered is no time stamp.");
    if (!is_granted(*reply)) return failure("time_stamp_refused", "The authority refused to stamp.");
    const Verification verification(TS_REQ_to_TS_VERIFY_CTX(query.get(), nullptr));
    if (!verification) return failure("bad_time_stamp", "The query is none.");
    if (store_) {
      X509_STORE_up_ref(store_.get());
      TS_VERIFY_CTX_set_store(verification.get(), store_.get());
      TS_VERIFY_CTX_add_flags(verification.get(), TS_VFY_SIGNATURE);
    }
    if (TS_RESP_verify_response(verification.get(), reply.get()) != 1)
      return failure("bad_time_stamp", "What the authority answered is not good: " + reason() + ".");
    return time_in(*reply);
  }

  Result<std::int64_t> stamped(std::string_view bytes, const eventstore::Hash& digest) const override {
    const auto reply = parse_reply(bytes);
    if (!reply) return failure("bad_time_stamp", "This is no time stamp.");
    if (!is_granted(*reply)) return failure("time_stamp_refused", "The authority refused to stamp.");
    const auto time_s = time_in(*reply);
    if (!time_s) return time_s;
    if (!is_of(*reply, digest)) return failure("bad_time_stamp", "It is a stamp of something else.");
    // One of its own, for it has a time of its own: a certificate that has ended since was good then.
    auto store = store_of(certificates_);
    if (!store) return std::unexpected(store.error());
    const auto found = verified(*reply, std::move(*store), *time_s);
    if (found.good) return time_s;
    if (!found.untrusted) return failure("bad_time_stamp", "It was changed after it was signed: " + found.words + ".");
    // What it says may still be as somebody signed it, whom we do not know; then that is all that is wrong with it.
    auto own = own_store(*reply);
    if (!own) return failure("bad_time_stamp", "It could not be checked.");
    const auto alone = verified(*reply, std::move(own), *time_s);
    if (alone.good) return failure("unknown_authority", "It is not signed by an authority that was given.");
    return failure("bad_time_stamp", alone.untrusted
                                         ? "Its certificate was changed after it was signed, or was not good then."
                                         : "It was changed after it was signed: " + alone.words + ".");
  }

  Result<std::int64_t> time_of(std::string_view bytes) const override {
    const auto reply = parse_reply(bytes);
    if (!reply) return failure("bad_time_stamp", "This is no time stamp.");
    return time_in(*reply);
  }

 private:
  static Result<std::int64_t> time_in(TS_RESP& reply) {
    auto* const token = TS_RESP_get_tst_info(&reply);
    std::tm parts{};
    if (token == nullptr || ASN1_TIME_to_tm(TS_TST_INFO_get_time(token), &parts) != 1)
      return failure("bad_time_stamp", "The time stamp tells no time.");
    return static_cast<std::int64_t>(::timegm(&parts));
  }

  Store store_;  ///< null: signatures of what is granted are not checked
  const std::string certificates_;
};

}  // namespace

Result<std::unique_ptr<api::TimeStamping>> make_time_stamping(const std::string& certificates) {
  Store store;
  if (!certificates.empty()) {
    auto trusted = store_of(certificates);
    if (!trusted) return std::unexpected(trusted.error());
    store = std::move(*trusted);
  }
  return std::make_unique<OpenSslTimeStamping>(std::move(store), certificates);
}

}  // namespace pioneer::adapters
