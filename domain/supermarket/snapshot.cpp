#include "domain/supermarket/snapshot.hpp"
