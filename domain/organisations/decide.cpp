#include "domain/organisations/decide.hpp"
