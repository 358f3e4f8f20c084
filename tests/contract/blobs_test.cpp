// The contract of stores of uploads, on a directory, and on directories that a table fills.
#include "tests/contract/blobs_contract.hpp"

#include "tests/adapters/blobs/blob_nodes.hpp"

namespace pioneer::tests {

using Stores = testing::Types<BlobDirectory, BlobNode>;
INSTANTIATE_TYPED_TEST_SUITE_P(InMemory, BlobsContract, Stores);

}  // namespace pioneer::tests
