terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
    rustlambda = {
      source  = "rustlambda/rustlambda"
      version = "~> 0.1"
    }
  }
}

# Region and credentials come from the environment, as with the AWS command line.
provider "aws" {}
