#include "domain/requests/snapshot.hpp"
