#include "api/edge/edge.hpp"

#include "api/edge/draft.hpp"

namespace pioneer::api {

Edge::Edge(const Parts& parts)
    : sealing_(new Sealing{parts.cryptography, parts.keyring, parts.people, parts.blobs,
                           std::string(parts.log_id.view()), Opener(parts.cryptography, parts.keyring, parts.log_id)}) {
}

Edge::~Edge() = default;

const Opener& Edge::opener() const { return sealing_->opener; }

}  // namespace pioneer::api
